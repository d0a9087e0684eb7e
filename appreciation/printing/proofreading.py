"""Reads finished sheets back, so that no card meets another's envelope."""

from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from appreciation.printing.pieces import Look, Piece
from appreciation.printing.refusals import Mismatch
from appreciation.printing.sheets import POINTS_PER_MM

# The strip that holds only the code: below a card's text, above a sender.
STRIP_MM = 8
POINTS_OFF = 0.1
CODE_COLUMN_MM = (21, 54)


def check_cards(file: Path, pieces: Sequence[Piece], look: Look) -> None:
    """Check that ``file`` has one card of the right size and code for each piece, in order."""
    size = (look.card.width_mm * POINTS_PER_MM, look.card.height_mm * POINTS_PER_MM)
    with pypdfium2.PdfDocument(file) as document:
        _check_count("cards", document, pieces)
        for page, piece in zip(document, pieces, strict=True):
            _check_size("card", page, piece, size)
            _check_code("card", page, piece, (0, STRIP_MM * POINTS_PER_MM))


def check_envelopes(file: Path, pieces: Sequence[Piece], look: Look) -> None:
    """Check that ``file`` has each piece's envelope, in order, with the right name on it."""
    size = (look.envelope.width_mm * POINTS_PER_MM, look.envelope.height_mm * POINTS_PER_MM)
    with pypdfium2.PdfDocument(file) as document:
        _check_count("envelopes", document, pieces)
        for page, piece in zip(document, pieces, strict=True):
            _check_size("envelope", page, piece, size)
            _check_code("envelope", page, piece, (size[1] - STRIP_MM * POINTS_PER_MM, size[1]))
            _check_name(page, piece)


def check_pick_list(file: Path, pieces: Sequence[Piece]) -> None:
    """Check that ``file`` lists the codes of all pieces, in order, and no other."""
    left, right = (mm * POINTS_PER_MM for mm in CODE_COLUMN_MM)
    found: list[str] = []
    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            text = page.get_textpage().get_text_bounded(left=left, right=right)
            lines = text.split()
            found += lines[lines.index("Code") + 1 :]
    if found != [piece.code for piece in pieces]:
        raise Mismatch("the pick list does not name the codes in order", mend=REPORT)


REPORT = "nothing was released; please report it to the makers of appreciation"


def _check_count(what: str, document: pypdfium2.PdfDocument, pieces: Sequence[Piece]) -> None:
    if len(document) != len(pieces):
        raise Mismatch(f"there are {len(document)} {what} for {len(pieces)} people", mend=REPORT)


def _check_size(
    what: str, page: pypdfium2.PdfPage, piece: Piece, size: tuple[float, float]
) -> None:
    for box in (page.get_mediabox(), page.get_trimbox()):
        if any(abs(a - b) > POINTS_OFF for a, b in zip(box, (0, 0, *size), strict=True)):
            raise Mismatch(f"the {what} {piece.code} has not the size of its paper", mend=REPORT)


def _check_code(
    what: str, page: pypdfium2.PdfPage, piece: Piece, strip: tuple[float, float]
) -> None:
    found = page.get_textpage().get_text_bounded(bottom=strip[0], top=strip[1]).strip()
    if found != piece.code:
        raise Mismatch(f"a {what} says {found!r} and not {piece.code!r}", mend=REPORT)


def _check_name(page: pypdfium2.PdfPage, piece: Piece) -> None:
    """Check the name where a text layer can be trusted: letters made of several are not."""
    name = "".join(piece.address[0].split())
    if name.isascii() and name not in "".join(page.get_textpage().get_text_range().split()):
        raise Mismatch(f"the envelope {piece.code} does not say {piece.address[0]!r}", mend=REPORT)
