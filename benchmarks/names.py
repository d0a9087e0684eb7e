"""Ten thousand random names and notes: cards and labels are printed, read back, and compared.

The reading back is that of every batch; here each name that a text layer can be trusted with is
looked for once more, on its own card and on its own label.
"""

import random
import sys
import tempfile
import time
import unicodedata
from datetime import date
from pathlib import Path

import pypdfium2

from appreciation.printing.stocks import shelf
from appreciation.printing.typesetting import Look, Manifest, Piece, print_batch

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
AT_ONCE = 1_000
FIRST = (
    "Ada Ben Zoë Łukasz Søren José Çelik Ann-Marie O'Neil Дмитрий Νίκος Nguyễn مريم רחל สมชาย आशा"
)
LAST = "Lovelace Müller-Lüdenscheidt Żółć Smith de la Cruz Иванов Παππάς Thị Hương الفاسي כהן शर्मा"


def words(chance: random.Random) -> str:
    return " ".join(chance.choice(("we", "think", "of", "you", "garden", "cake")) for _ in range(
        chance.randint(1, 60)))  # fmt: skip


def piece(number: int, chance: random.Random) -> Piece:
    name = f"{chance.choice(FIRST.split())} {chance.choice(LAST.split())} No{number}"
    body = [
        {"kind": "paragraph", "parts": [{"text": said}]}
        for said in (f"Dear {name},", words(chance), "Rosa")
    ]
    return Piece(
        f"B{number // AT_ONCE}-{number:05}", name, (name, "Am Tor 3", "Berlin"), body, "why"
    )


def main() -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same names each time
    known = shelf()
    look = Look(known.card("a6"), known.labels("l7160"), ("Rosa", "Berlin"))
    found = wrong = 0
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, COUNT, AT_ONCE):
            pieces = [piece(n, chance) for n in range(start, min(COUNT, start + AT_ONCE))]
            batch = Manifest(f"B{start}", date(2027, 5, 1), look, tuple(pieces), 1 + start % 21)
            made = print_batch(batch, Path(folder) / f"B{start}")
            with pypdfium2.PdfDocument(made.folder / "cards.pdf") as cards:
                for page, each in zip(cards, pieces, strict=True):
                    text = page.get_textpage().get_text_range()
                    number = each.name.rpartition(" ")[2]
                    # Beside Arabic and Hebrew, pdfium turns figures round.
                    readable = not any(
                        unicodedata.bidirectional(c) in {"R", "AL"} for c in each.name
                    )
                    found += 1
                    wrong += (readable and number not in text) or each.code not in text
            with pypdfium2.PdfDocument(made.folder / "labels.pdf") as sheets:
                said = [page.get_textpage().get_text_range() for page in sheets]
            for at, each in enumerate(pieces, start=start % 21):
                wrong += each.code not in said[at // 21]
            print(f"{found} printed and read back, {wrong} do not belong together", flush=True)
    print(f"{time.perf_counter() - began:.0f} s")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
