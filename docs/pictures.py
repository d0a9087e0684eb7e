"""Draws the pictures of docs/print.md: real batches, printed and photographed page by page."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw

from appreciation.printing.pictures import designs
from appreciation.printing.rulers import draw_rulers
from appreciation.printing.stocks import shelf
from appreciation.printing.typesetting import Look, Manifest, Piece, print_batch

HERE = Path(__file__).parent / "print"
SHELF = shelf()
DESK = (236, 232, 226)
SIGNATURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 90">
<g fill="none" stroke="#1f2a44" stroke-width="3.1" stroke-linecap="round" stroke-linejoin="round">
<path d="M30 74 C36 54 42 30 47 14"/>
<path d="M22 26 C34 8 66 4 68 20 C70 36 52 44 43 45 C55 46 60 62 74 66 C84 68 88 56 94 50
C98 45 107 46 105 56 C103 65 92 66 92 57 C92 50 102 48 110 50 C118 52 124 46 128 42 C126 52 138 54 134 62
C131 68 122 66 124 62 C130 58 140 58 148 48 C154 43 164 45 160 47 C150 46 142 60 150 63 C158 65 162 54 164 46
C160 58 162 66 170 62 C178 58 190 40 204 34"/>
</g></svg>
"""
TEXTS = {
    "birthday": "Happy birthday! May somebody else light the candles, and may somebody else do the"
    " dishes afterwards. Enjoy every minute of your day.",
    "order": "Thank you for the walnut cake on Saturday. I hope it arrived in one piece, and that"
    " there was a corner left for you.",
    "referral": "Thank you for sending Jürgen our way. A word from a friend is worth more than"
    " anything we could say ourselves. It made my week.",
    "meeting": "It was good to meet you at the market on Thursday, and to put a face to the voice."
    " I hope the rain held off until you were home.",
    "quiet": "You crossed my mind this morning, when the first apricots came in. I hope the garden"
    " is well, and you are too.",
}
PEOPLE = [
    ("Ada Lovelace", "12 Linden Street", "10115 Berlin"),
    ("Zoë Müller-Lüdenscheidt", "Am Tor 3", "20095 Hamburg"),
    ("Łukasz Żółć", "Gartenweg 7 b", "50667 Köln"),
    ("Hương Nguyễn", "Marktplatz 1", "04109 Leipzig"),
    ("Dmitri and Olga Iwanow", "Bergstr. 20", "80331 München"),
]


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "signature.svg").write_text(SIGNATURE)
        _hands(room)
        _alike(room)
        _designs(room)
        _folded(room)
        _postcard(room)
        _addresses(room)
        _papers(room)
        _scripts(room)
        draw_rulers(room / "rulers.pdf", SHELF.labels("l7160").grid.paper, SHELF.labels("l7160"))
        _save("rulers", [_page(room / "rulers.pdf", 0, 60)], 1)


def _hands(room: Path) -> None:
    asked = [
        ("Caveat", "night blue", "birthday"),
        ("Dancing Script", "sepia", "order"),
        ("Kalam", "blue", "referral"),
        ("Indie Flower", "green", "meeting"),
        ("EB Garamond", "black", "quiet"),
    ]
    pieces = [
        _piece(n, occasion, hand=hand, ink=ink)
        for n, (hand, ink, occasion) in enumerate(asked, start=1)
    ]
    signed = [*pieces, _piece(6, "birthday")]
    cards = _printed(room, "hands", signed[:5], _look())
    own = _printed(room, "signed", signed[5:], _look(signature=room / "signature.svg"))
    _save("hands", [*(_page(cards, n, 72) for n in range(5)), _page(own, 0, 72)], 2)


def _alike(room: Path) -> None:
    pieces = [_piece(n, "birthday") for n in (1, 2)]
    cards = _printed(
        room, "alike", [replace(each, body=pieces[0].body) for each in pieces], _look()
    )
    _save("no-two-alike", [_page(cards, n, 72) for n in (0, 1)], 2)


def _designs(room: Path) -> None:
    kinds = {"candles": "birthday", "balloons": "birthday", "bouquet": "order", "birds": "referral",
             "cups": "referral", "door": "meeting", "hills": "quiet", "wreath": ""}  # fmt: skip
    assert set(kinds) == set(designs())
    pieces = [
        replace(_piece(n, kind or "order"), occasion=kind, picture=name)
        for n, (name, kind) in enumerate(kinds.items(), start=1)
    ]
    cards = _printed(room, "designs", pieces, _look("a6-fold", duplex="off"), "outsides.pdf")
    fronts = [_page(cards, n, 60) for n in range(len(pieces))]
    _save(
        "designs", [page.crop((page.width // 2, 0, page.width, page.height)) for page in fronts], 4
    )


def _folded(room: Path) -> None:
    pieces = [_piece(1, "meeting")]
    folded = _printed(room, "folded", pieces, _look("a6-fold", duplex="off"))
    pages = [_page(folded.with_name("outsides.pdf"), 0, 72), _page(folded, 0, 72)]
    _save("half-fold", pages, 2)
    quarter = _printed(room, "quarter", pieces, _look("a6-quarter"))
    four = [_piece(n, each) for n, each in enumerate(TEXTS, start=1)][:4]
    several = _printed(room, "4up", four, _look("a6-4up"))
    _save("sheets", [_page(quarter, 0, 48), _page(several, 0, 48)], 2)


def _postcard(room: Path) -> None:
    card = _printed(room, "postcard", [_piece(3, "referral")], _look("postcard-a6", duplex="off"))
    _save("postcard", [_page(card.with_name("outsides.pdf"), 0, 72), _page(card, 0, 72)], 2)


def _addresses(room: Path) -> None:
    pieces = [_piece(n, "order") for n in range(1, 6)]
    dl = _printed(room, "dl", pieces, _look(envelope=SHELF.envelope("dl")), "envelopes.pdf")
    labels = _printed(
        room, "labels", pieces, _look(envelope=SHELF.labels("l7160")), "labels.pdf", start_at=8
    )
    _save("envelope", [_page(dl, 1, 72)], 1)
    _save("labels", [_page(labels, 0, 60)], 1)


def _papers(room: Path) -> None:
    pieces = [
        replace(_piece(n, occasion), enclose="a sachet of tea" if n == 2 else "")
        for n, occasion in enumerate(TEXTS, start=1)
    ]
    one = replace(
        pieces[0],
        facts=("four daughters", "walks an old dachshund named Emil"),
        before="Dear Ada,\n\nHappy birthday! I hope the first daffodils are out at your end, too.",
    )
    look = _look()
    written = print_batch(_batch([one], look, by_hand=True), room / "by-hand")
    listed = print_batch(_batch(pieces, look), room / "listed")
    _save(
        "papers",
        [
            _page(listed.folder / "pick-list.pdf", 0, 60),
            _page(written.folder / "to-write.pdf", 0, 60),
        ],
        2,
    )


def _scripts(room: Path) -> None:
    names = ["مريم الفاسي", "רחל כהן", "आशा शर्मा", "สมชาย ใจดี", "Νίκος Παππάς", "Дмитрий Иванов"]
    pieces = [_piece(n, "birthday", name=name) for n, name in enumerate(names, start=1)]
    cards = _printed(room, "scripts", pieces, _look())
    _save("scripts", [_page(cards, n, 48) for n in range(len(names))], 3)


def _look(card: str = "a6", **more: Any) -> Look:
    sender = ("Rosa’s Bakery", "Hauptstr. 1", "10115 Berlin")
    usual = {"envelope": SHELF.envelope("c6"), "sender": sender, "signer": "Rosa"}
    return Look(**{"card": SHELF.card(card), **usual, **more})


def _piece(number: int, occasion: str, *, name: str = "", **more: Any) -> Piece:
    who, *where = PEOPLE[(number - 1) % len(PEOPLE)]
    called = name or who
    greeting = called if name or "and" in called else called.split()[0]
    paragraphs = [f"Dear {greeting},", TEXTS[occasion], "Rosa\nRosa’s Bakery"]
    why = {"birthday": "birthday on 3 May", "order": "order 1042 of 29 April"}
    return Piece(
        f"B7-{number:04}",
        called,
        (called, *where),
        [_paragraph(words) for words in paragraphs],
        why.get(occasion, occasion),
        occasion=occasion,
        **more,
    )


def _paragraph(words: str) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for line in words.split("\n"):
        parts += [{"break": True}, {"text": line}]
    return {"kind": "paragraph", "parts": parts[1:]}


def _batch(pieces: Sequence[Piece], look: Look, **more: Any) -> Manifest:
    return Manifest("Batch B7", date(2027, 5, 1), look, tuple(pieces), **more)


def _printed(
    room: Path, name: str, pieces: Sequence[Piece], look: Look, file: str = "cards.pdf", **more: Any
) -> Path:
    return print_batch(_batch(pieces, look, **more), room / name).folder / file


def _page(file: Path, number: int, dpi: int) -> Image.Image:
    with pypdfium2.PdfDocument(file) as document:
        # Drawn large and made small: smoother than what pdfium makes of small letters.
        large: Image.Image = document[number].render(scale=dpi / 72 * 3).to_pil().convert("RGB")
    return large.resize((large.width // 3, large.height // 3), Image.Resampling.LANCZOS)


def _save(name: str, pages: Sequence[Image.Image], columns: int) -> None:
    """Lay ``pages`` on a desk, in rows, and save the picture."""
    gap = 22
    rows = [pages[start : start + columns] for start in range(0, len(pages), columns)]
    width = max(sum(page.width + gap for page in row) for row in rows) + gap
    height = sum(max(page.height for page in row) + gap for row in rows) + gap
    desk = Image.new("RGB", (width, height), DESK)
    pen = ImageDraw.Draw(desk)
    y = gap
    for row in rows:
        x = gap
        for page in row:
            for far, shade in ((3, 222), (2, 212), (1, 200)):
                ends = (x - 1, y - 1 + far, x + page.width + far - 1, y + page.height + far)
                pen.rectangle(ends, fill=(shade, shade - 4, shade - 10))
            desk.paste(page, (x, y))
            x += page.width + gap
        y += max(page.height for page in row) + gap
    desk.quantize(128, method=Image.Quantize.MEDIANCUT).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
