"""The cards of a batch: what the typesetter needs to know of each."""

import re
import unicodedata
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

from appreciation.printing.faces import HANDS, SANS, Face, Faces, display
from appreciation.printing.imposition import Turning, cards
from appreciation.printing.pictures import Picture, caption, picture_of
from appreciation.printing.pieces import Look, Piece
from appreciation.printing.print_tree import (
    blocks_to_set,
    is_right_to_left,
    long_words,
    text_of,
    tidy,
)
from appreciation.printing.sheets import POINTS_PER_MM, Sheet
from appreciation.printing.stocks import Card

SMALLEST_ON_A_CARD = 0.80
CARD_STEPS = (1, 0.95, 0.90, 0.85, SMALLEST_ON_A_CARD)

SPACING = 0.62
MARGIN = 0.125
HAND_POINTS_ON_A6 = 16.5
# What is left of an A6 card within its margins.
_ROOM_ON_A6 = (148 - 2 * MARGIN * 105) * 105 * (1 - 2 * MARGIN)
# So many letters fill an A6 card well; fewer are written larger, as one does with a pen.
_LETTERS_ON_A6 = 290
_LARGEST = 1.3
_LETTER_WIDTH = 0.44
# Beside a pen's small letters a sans of the same size shouts.
_SANS_BESIDE_HAND = 0.72
_SCRIPT_BESIDE_HAND = 0.86
_SANS_LEADING = 0.4

# A process that sets more needs too much memory.
_AT_ONCE = 300
# How far words leave the line, in parts of their size, a paragraph the margin, and a whole note
# its level, in degrees.
_SWAY = 0.026
_SLANT = 0.45
_NUDGE_MM = 0.7
# Between letters that take one: in Hebrew the same sign is another.
_APOSTROPHE = re.compile(
    "(?<=[A-Za-z\u00c0-\u024f\u0400-\u04ff])'(?=[A-Za-z\u00c0-\u024f\u0400-\u04ff])"
)


def card_sheet(
    pieces: Sequence[Piece], look: Look, faces: Faces, title: str, start_at: int = 1
) -> Sheet:
    """Return the cards: the text in somebody's hand, the code at the trim."""
    card = look.card
    paper = card.grid.paper
    # By hand one turns paper like a page, whatever its edges.
    by_hand: Turning = "short-edge" if paper.is_landscape else "long-edge"
    turning = by_hand if look.duplex == "off" else look.duplex
    files: dict[str, Path] = {}
    names: dict[Path, str] = {}
    if look.signature:
        _named(look.signature, files, names)
    room = _Room(card)
    ready = [_card(piece, look, room, faces, files, names) for piece in pieces]
    data = {
        "title": tidy(title),
        "paper": [paper.width + 2 * look.bleed, paper.height + 2 * look.bleed],
        "margin": room.margin,
        "above": room.above_on_postcard(
            len(look.sender) + any(piece.sent_from for piece in pieces)
        ),
        "spacing": SPACING,
        "sender": [tidy(line) for line in look.sender],
    }
    captioned = (
        [display()] if any(each["front"] and each["front"]["caption"] for each in ready) else []
    )
    sides = cards(len(pieces), card, start_at, turning)
    return Sheet(
        "card.typ",
        data,
        ready,
        [*faces.all, *captioned],
        sides,
        CARD_STEPS,
        look.bleed,
        files,
        _AT_ONCE,
    )


class _Room:
    """How much room a card has for its words."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.margin = round(MARGIN * min(card.width, card.height), 2)
        if card.address:
            self.width, self.height = card.width / 2 - 13, card.height - 21 - 17
        else:
            self.width, self.height = card.width - 2 * self.margin, card.height - 2 * self.margin
        self.growth = sqrt(self.width * self.height / _ROOM_ON_A6)

    def above_on_postcard(self, sender_lines: int) -> float:
        """Return how far from the top the words of a postcard begin, below its sender."""
        return round(9 + 3.1 * sender_lines, 2)

    def points(self, text: str) -> float:
        """Return the size for ``text``: larger where there is room, and for a few words."""
        fill = _LETTERS_ON_A6 * self.growth / max(1, len(text))
        return HAND_POINTS_ON_A6 * sqrt(self.growth) * min(_LARGEST, max(1.0, float(fill**0.35)))


def _card(
    piece: Piece,
    look: Look,
    room: _Room,
    faces: Faces,
    files: dict[str, Path],
    names: dict[Path, str],
) -> dict[str, Any]:
    blocks = blocks_to_set(piece.body)
    text = text_of(blocks)
    hand = faces.hand_for(text, look.hand_of(piece))
    kind = HANDS[hand.family] if hand else None
    written = room.points(text)
    size = written * (kind.scale if kind else _SANS_BESIDE_HAND)
    leading = kind.leading if kind else _SANS_LEADING
    if blocks[-1]["kind"] == "signature":
        _sign(blocks, look, names)
        blocks[-1]["indent"] = _indent(text_of(blocks[-1:]) or look.signer, written, room.width)
    # Seeded: the same batch has the same bytes.
    chance = Random(piece.code)  # noqa: S311 - a pen's sway is no secret
    sways = look.varies and kind is not None and kind.by_pen
    if hand:
        _by_words(blocks, hand, chance if sways else None)
    return {
        "code": piece.code,
        "language": _language(piece),
        "blocks": blocks,
        "families": [face.family for face in (hand, *faces.behind) if face],
        "sans": [face.family for face in faces.behind],
        "weight": kind.weight if kind else 400,
        "ink": look.ink_of(piece),
        "size": round(size, 2),
        "leading": leading,
        "pitch": round(size * (1 + leading), 2),
        "scale": 1,
        "drop": {},
        "slant": round(chance.uniform(-_SLANT, _SLANT), 2) if sways else 0,
        "long": {
            "message": long_words(text),
            **({"address": long_words("\n".join(piece.address))} if look.card.address else {}),
        },
        "front": _front(piece, look, picture_of(piece, look), files, names),
        **(address_of(piece) if look.card.address else {}),
    }


def address_of(piece: Piece) -> dict[str, Any]:
    """Return the lines of an address, and in which direction each is read."""
    lines = [tidy(line) for line in piece.address]
    return {
        "lines": [{"text": line, "rtl": is_right_to_left(line)} for line in lines],
        "rtl": all(map(is_right_to_left, lines)),
        "from": [tidy(piece.sent_from)] if piece.sent_from else [],
    }


def _language(piece: Piece) -> str:
    return re.split("[-_]", piece.language)[0].lower()


def _indent(signature: str, size: float, line_mm: float) -> float:
    """Return where a signature begins, as a share of the line: near the middle if it has room."""
    longest = max(map(len, signature.splitlines()))
    line = line_mm * POINTS_PER_MM
    return round(max(0, min(0.46, 0.98 - longest * size * _LETTER_WIDTH / line)), 3)


def _sign(blocks: list[dict[str, Any]], look: Look, names: dict[Path, str]) -> None:
    """Let the picture of a signature stand in for the line that says the signer's name."""
    if look.signature is None:
        return
    block = blocks[-1]
    block["image"] = names[look.signature]
    lines = block["parts"]
    first = next((at for at, part in enumerate(lines) if "break" in part), len(lines))
    said = "".join(part["text"] for part in lines[:first])
    if look.signer and said.strip().casefold() == look.signer.strip().casefold():
        block["parts"] = lines[first + 1 :]


def _by_words(blocks: Sequence[dict[str, Any]], hand: Face, chance: Random | None) -> None:
    """Part the text of ``blocks`` into words: how far each leaves its line, and how large it is.

    With a ``chance``, each sways a little, never far from the one before it.
    What ``hand`` does not write is set in a face that would look larger.
    """
    at = 0.0
    for block in blocks:
        block["nudge"] = round(chance.uniform(0, _NUDGE_MM), 2) if chance else 0
        for part in block.get("parts", ()):
            if "text" not in part:
                at = 0.0
                continue
            runs: list[list[Any]] = []
            curled = _APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", part["text"])
            for number, word in enumerate(re.findall(r"\S+\s*|\s+", curled)):
                # Two words at a time: a hand drifts, it does not tremble.
                if chance and number % 2 == 0:
                    at = max(-_SWAY, min(_SWAY, at + chance.uniform(-_SWAY, _SWAY) * 0.7))
                run = [word, round(at, 3), _size_beside(word, hand)]
                if runs and runs[-1][1:] == run[1:]:
                    runs[-1][0] += word
                else:
                    runs.append(run)
            part["words"] = runs
        _by_words(block.get("blocks", ()), hand, chance)
        for item in block.get("items", ()):
            _by_words(item, hand, chance)


def _size_beside(word: str, hand: Face) -> float:
    """Return how large ``word`` is set, in parts of its line's size; a hand's own words fully."""
    foreign = [] if word.isascii() else [c for c in word if c.isalpha() and not hand.has(c)]
    if not foreign:
        return 1
    is_latin_like = unicodedata.name(foreign[0], "").startswith(("LATIN", "GREEK", "CYRILLIC"))
    return _SANS_BESIDE_HAND if is_latin_like else _SCRIPT_BESIDE_HAND


def _front(
    piece: Piece,
    look: Look,
    picture: Picture | None,
    files: dict[str, Path],
    names: dict[Path, str],
) -> dict[str, Any] | None:
    if picture is None:
        return None
    said = caption(piece.occasion, piece.language) if picture.design else ""
    face = display()
    families = [face.family] if all(map(face.has, said.replace(" ", ""))) else [SANS]
    width, height = look.card.width * POINTS_PER_MM, look.card.height * POINTS_PER_MM
    fitting = width * 0.8 / max(1, len(said)) / 0.36
    return {
        "file": _named(picture.file, files, names),
        "design": picture.design,
        "ground": picture.ground,
        "ink": picture.ink,
        "caption": said,
        "families": families,
        "size": round(min(fitting, min(width, height) * 0.115), 2),
    }


def _named(file: Path, files: dict[str, Path], names: dict[Path, str]) -> str:
    """Return the name under which ``file`` is copied beside the typesetter's data."""
    if file not in names:
        names[file] = f"picture-{len(names)}{file.suffix.lower()}"
        files[names[file]] = file
    return names[file]
