"""Reads finished sheets back, so that no card meets another's envelope."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pypdfium2

from appreciation.printing.imposition import Spot
from appreciation.printing.pieces import Piece
from appreciation.printing.refusals import Mismatch
from appreciation.printing.sheets import POINTS_PER_MM, Sheet

# The strip that holds the code, and only it, from the end of a panel.
_STRIP_MM = {"message": 8, "back": 8, "postcard": 6.5, "envelope": 8, "label": 2.7}
_FROM_THE_TOP = {"postcard", "envelope"}
_POINTS_OFF = 0.1
_LINE_POINTS = 6
_CODE_COLUMN_MM = (21, 54)
# From the left edge, and how far down: where the code stands on a sheet to write from.
_CODE_CORNER_MM = (154, 30)
REPORT = "nothing was released; please report it to the makers of appreciation"


def check(file: Path, what: str, sheet: Sheet, pieces: Sequence[Piece]) -> None:
    """Check that each side in ``file`` has its size, and each piece's code and name in its place.

    Raises:
        Mismatch: the file is not what ``sheet`` planned for ``pieces``.
    """
    with pypdfium2.PdfDocument(file) as document:
        if len(document) != len(sheet.sides):
            raise Mismatch(
                f"there are {len(document)} sides of {what} and not {len(sheet.sides)}", mend=REPORT
            )
        for page, side in zip(document, sheet.sides, strict=True):
            _check_size(what, page, sheet)
            text = page.get_textpage()
            for spot in side.spots:
                if spot.panel != "front":
                    _check_spot(what, text, spot, sheet, pieces[spot.piece])
            text.close()
            page.close()


def check_list(file: Path, pieces: Sequence[Piece]) -> None:
    """Check that ``file`` lists the codes of all pieces, in order, and no other.

    Raises:
        Mismatch: it does not.
    """
    codes = [piece.code for piece in pieces]
    known, batch = set(codes), codes[0].rpartition("-")[0]
    left, right = (mm * POINTS_PER_MM for mm in _CODE_COLUMN_MM)
    found: list[str] = []
    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            text = page.get_textpage()
            bounds = {"left": left, "right": right, "bottom": 0, "top": page.get_height()}
            said = text.get_text_bounded(**bounds).split()
            if not _follow(said, codes[len(found) :], known):
                said = _lines_as_they_stand(text, bounds)
            found += [word for word in said if word in known or word.startswith(f"{batch}-")]
    if found != codes:
        raise Mismatch("the pick list does not name the codes in order", mend=REPORT)


def check_each_page(file: Path, pieces: Sequence[Piece]) -> None:
    """Check that ``file`` names the code of every piece, in order, each on a page of its own.

    Raises:
        Mismatch: it does not.
    """
    known = {piece.code for piece in pieces}
    left, top = (mm * POINTS_PER_MM for mm in _CODE_CORNER_MM)
    found: list[str] = []
    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            text, height = page.get_textpage(), page.get_height()
            bounds = {"left": left, "right": page.get_width()}
            bounds |= {"bottom": height - top, "top": height}
            said = [word for word in text.get_text_range().split() if word in known]
            found += said or [line for line in _lines_as_they_stand(text, bounds) if line in known]
    if found != [piece.code for piece in pieces]:
        raise Mismatch("the sheets to write from are not in order", mend=REPORT)


def _follow(said: Sequence[str], codes: Sequence[str], known: Collection[str]) -> bool:
    """Tell whether the first of ``codes``, and only they, are ``said``, in order, one for one."""
    found = [word for word in said if word in known]
    figures = sum(word[0].isdigit() and "-" in word for word in said)
    return bool(found) and not figures and found == list(codes[: len(found)])


def _lines_as_they_stand(text: pypdfium2.PdfTextPage, bounds: dict[str, float]) -> list[str]:
    """Return the lines within ``bounds`` from left to right, without blanks.

    pdfium turns a code round that shares its line with Arabic or Hebrew.
    """
    letters: dict[int, list[tuple[float, str]]] = {}
    for at in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(at)
        middle = (bottom + top) / 2
        is_inside = bounds["left"] <= left and right <= bounds["right"]
        letter = text.get_text_range(at, 1).strip() if is_inside else ""
        # What is no letter, a line's end say, lies anywhere.
        if letter and bounds["bottom"] <= middle <= bounds["top"]:
            # A hyphen lies lower than a capital is high, but on the same line.
            line = next((y for y in letters if abs(y - middle) < _LINE_POINTS), round(middle))
            letters.setdefault(line, []).append((left, letter))
    lines = sorted(letters.items(), reverse=True)
    return ["".join(letter for _, letter in sorted(line)) for _, line in lines]


def _check_size(what: str, page: pypdfium2.PdfPage, sheet: Sheet) -> None:
    width, height = (length * POINTS_PER_MM for length in sheet.data["paper"])
    bleed = sheet.bleed * POINTS_PER_MM
    whole = (0, 0, width, height)
    trim = (bleed, bleed, width - bleed, height - bleed)
    for box, expected in ((page.get_mediabox(), whole), (page.get_trimbox(), trim)):
        if any(abs(a - b) > _POINTS_OFF for a, b in zip(box, expected, strict=True)):
            raise Mismatch(f"the {what} have not the size of their paper", mend=REPORT)


def _check_spot(
    what: str, text: pypdfium2.PdfTextPage, spot: Spot, sheet: Sheet, piece: Piece
) -> None:
    strip = _STRIP_MM[spot.panel]
    is_above = (spot.panel in _FROM_THE_TOP) != spot.turned
    bounds = _bounds(spot, sheet, strip, is_above=is_above)
    found = text.get_text_bounded(**bounds).split()
    # A label is too small to keep a strip free of all else.
    ours = found[-1:] if spot.panel in {"label", "postcard"} else found
    if ours != [piece.code] and piece.code not in _lines_as_they_stand(text, bounds):
        raise Mismatch(
            f"{what}: {' '.join(found)!r} stands where {piece.code!r} should", mend=REPORT
        )
    if spot.panel in {"label", "postcard", "envelope"}:
        _check_name(what, text, spot, sheet, piece)


def _check_name(
    what: str, text: pypdfium2.PdfTextPage, spot: Spot, sheet: Sheet, piece: Piece
) -> None:
    """Check the name where a text layer can be trusted: letters made of several are not."""
    name = "".join(piece.address[0].split())
    if not name.isascii():
        return
    said = text.get_text_bounded(**_bounds(spot, sheet, spot.place.height, is_above=True))
    # U+FFFE is what stands where a line was broken at a hyphen.
    if name not in "".join(said.split()).replace("\ufffe", "-").replace("\x02", "-"):
        raise Mismatch(f"{what}: {piece.code} does not say {piece.address[0]!r}", mend=REPORT)


def _bounds(spot: Spot, sheet: Sheet, strip: float, *, is_above: bool) -> dict[str, Any]:
    """Return the upper or lower end of a spot, in points from the page's lower left corner."""
    place, height = spot.place, sheet.data["paper"][1]
    top = height - place.y - sheet.bleed
    bottom = top - place.height
    left = place.x + sheet.bleed
    return {
        "left": left * POINTS_PER_MM,
        "right": (left + place.width) * POINTS_PER_MM,
        "bottom": ((top - strip) if is_above else bottom) * POINTS_PER_MM,
        "top": (top if is_above else (bottom + strip)) * POINTS_PER_MM,
    }
