# Every target sets up what it needs, in .venv beside this file.
.PHONY: demo test lint fix bench bench-mail bench-value bench-import bench-print bench-names \
  bench-find pictures crash simulate

# See the whole way of a note with a made-up bakery; nothing leaves the machine.
demo:
	@sh setup.sh --no-dev
	.venv/bin/appreciation demo

# Prove that it works: every test, offline, on all cores. A PostgreSQL for it is made on the
# spot, unless APPRECIATION_TEST_POSTGRES names the url of one.
test:
	@sh setup.sh
	.venv/bin/python -m pytest

# Hold the code against its rules: style, format, types, and which way imports go.
lint:
	@sh setup.sh
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

# Put right what a machine can put right.
fix:
	@sh setup.sh
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

# Measure how fast it is; prints figures, judges nothing.
bench:
	@sh setup.sh
	@set -e; for what in simulating help; do \
	  echo "== $$what"; PYTHONPATH=. .venv/bin/python "benchmarks/$$what.py"; done

# Measure how long finding takes with a million customers and ten million orders, on both databases,
# beside the usual way.
bench-find:
	@sh setup.sh
	PYTHONPATH=. .venv/bin/python benchmarks/finding.py

# Measure how fast notes leave, beside Postfix's own smtp-source and another Python mail queue.
bench-mail:
	@sh setup.sh
	.venv/bin/python benchmarks/mail.py

# Measure how fast files are taken in, beside a known reader of vCards.
bench-import:
	@sh setup.sh
	.venv/bin/python benchmarks/imports.py
	.venv/bin/python benchmarks/imports.py 1000000

# Kill the daemon at random while it sends, N=1000 times on each database, and count what the
# receiving server got.
crash:
	@sh setup.sh
	.venv/bin/python -m pytest -n 0 tests/crash

# Measure how fast cards, envelopes and labels are set and read back, beside WeasyPrint and Chromium.
bench-print:
	@sh setup.sh
	.venv/bin/python benchmarks/printing.py

# Let ten thousand customers live through ten years with a machine that is often off, and hold what
# became of each note against a slow calculation. It takes a while.
simulate:
	@sh setup.sh
	.venv/bin/python -m tests.ten_years

# Print ten thousand random names and notes, and look for one that met another's envelope.
bench-names:
	@sh setup.sh
	.venv/bin/python benchmarks/names.py

# Draw the pictures of docs/print.md anew.
pictures:
	@sh setup.sh
	.venv/bin/python docs/pictures.py

# Measure how long it takes to find what a million customers are worth, from their orders in the
# store, and how near a known library comes.
bench-value:
	@sh setup.sh
	.venv/bin/python benchmarks/value.py
