"""Other Python programs, each in an environment of its own that is made for the run."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGES = {"post_office": "django-post_office", "mailer": "django-mailer"}
SCRIPT = Path(__file__).with_name("peer_django.py")


@contextlib.contextmanager
def interpreter(*packages: str) -> Iterator[str | None]:
    """Yield a Python with ``packages``, else the mail queues, or None where pip cannot get them."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        python = str(Path(name) / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        install += packages or ["Django", *PACKAGES.values()]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"pip cannot get the peers, so they are left out: {done.stderr.strip()[-200:]}")
        yield None if done.returncode else python


def command(python: str, kind: str, folder: Path, port: int, *words: object) -> list[str]:
    return [python, str(SCRIPT), kind, str(folder), str(port), *map(str, words)]
