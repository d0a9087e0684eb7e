"""WeasyPrint's arm: ``peer_weasyprint.py PAGE FOLDER PROCESSES``, run by its own Python."""

import re
import sys
from multiprocessing import Process
from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration


def write(text: str, base: str, target: str) -> None:
    HTML(string=text, base_url=base).write_pdf(target, font_config=FontConfiguration())


def main() -> None:
    page, folder, processes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    head, cards = re.fullmatch(
        r"(.*?</style>)(.*)", page.read_text(encoding="utf-8"), re.DOTALL
    ).groups()
    sections = re.findall(r"<section>.*?</section>", cards, re.DOTALL)
    size = -(-len(sections) // processes)
    parts = [head + "".join(sections[at : at + size]) for at in range(0, len(sections), size)]
    workers = [
        Process(target=write, args=(part, page.as_uri(), str(folder / f"weasyprint-{n}.pdf")))
        for n, part in enumerate(parts)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.exit(any(worker.exitcode for worker in workers))


if __name__ == "__main__":
    main()
