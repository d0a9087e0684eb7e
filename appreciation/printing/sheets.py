"""What goes on each of the three sheets, and where: the typesetter's input."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from babel.dates import format_date

from appreciation.printing.faces import SANS, Face, other_hands
from appreciation.printing.pieces import Look, Piece
from appreciation.printing.print_tree import (
    blocks_to_set,
    is_right_to_left,
    long_words,
    text_of,
    tidy,
)
from appreciation.printing.stocks import Card

POINTS_PER_MM = 72 / 25.4
SMALLEST_ON_A_CARD = 0.80
CARD_STEPS = (1, 0.95, 0.90, 0.85, SMALLEST_ON_A_CARD)
# Sorting machines read sans faces of 10 to 12 points.
ENVELOPE_STEPS = (1, 0.95, 0.91)
ADDRESS_POINTS = 11
ADDRESS_LEADING = 0.3

A6_SHORT_SIDE_MM = 105
HAND_POINTS_ON_A6 = 16.5
LEADING = 0.16
FEW_LETTERS_ON_A6 = 170
LARGER_FOR_FEW = 1.15
MARGIN = 0.125
LETTER_WIDTH = 0.44
# Beside a pen's small letters a sans of the same size shouts.
SANS_BESIDE_HAND = 0.72


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of sheet for many pieces: a .typ file beside this one, and its data.

    ``steps`` are the scales at which a piece that is too long is tried; with
    none, the sheet has room for whatever comes.
    """

    file: str
    data: Mapping[str, Any]
    pieces: Sequence[dict[str, Any]]
    steps: tuple[float, ...]
    faces: Sequence[Face]


def card_sheet(pieces: Sequence[Piece], look: Look, faces: Sequence[Face], title: str) -> Sheet:
    """Return the cards: the text in the owner's hand, the code at the trim."""
    card = look.card
    margin = round(MARGIN * min(card.width_mm, card.height_mm), 2)
    data = {
        "title": tidy(title),
        "width": card.width_mm,
        "height": card.height_mm,
        "margin": margin,
        "leading": LEADING,
        "spacing": 0.62,
        "ink": look.ink,
        "sans": SANS,
        "room": _room(margin, card.height_mm - margin),
    }
    hands = [faces[0], *other_hands(look.face)]
    cards = [_card(piece, card, hands, faces) for piece in pieces]
    return Sheet("card.typ", data, cards, CARD_STEPS, [*faces, *hands[1:]])


def _card(piece: Piece, card: Card, hands: Sequence[Face], faces: Sequence[Face]) -> dict[str, Any]:
    blocks = blocks_to_set(piece.body)
    text = text_of(blocks)
    hand = _hand_for(text, hands)
    size = _points(text, card) * (1 if hand else SANS_BESIDE_HAND)
    if blocks[-1]["kind"] == "signature":
        blocks[-1]["indent"] = _indent(text_of(blocks[-1:]), _points(text, card), card)
    families = [face.family for face in (hand, *faces[1:]) if face]
    return {
        "code": piece.code,
        "language": re.split("[-_]", piece.language)[0].lower(),
        "blocks": blocks,
        "families": families,
        "size": round(size, 2),
        "pitch": round(size * (1 + LEADING), 2),
        "scale": 1,
        "long": long_words(text),
    }


def _hand_for(text: str, hands: Sequence[Face]) -> Face | None:
    """Return the hand that writes all of ``text``, or most of it; none if it is foreign to all.

    A card is in one hand: a single letter from another stands out like a stamp.
    """
    letters = [letter for letter in text if letter.isalpha()]
    for hand in hands:
        if all(map(hand.has, letters)):
            return hand
    return hands[0] if 2 * sum(map(hands[0].has, letters)) >= len(letters) else None


def _points(text: str, card: Card) -> float:
    """Return the size for ``text``: larger on a larger card, and for a few words."""
    growth = min(card.width_mm, card.height_mm) / A6_SHORT_SIDE_MM
    few = FEW_LETTERS_ON_A6 * growth
    return HAND_POINTS_ON_A6 * sqrt(growth) * (LARGER_FOR_FEW if len(text) <= few else 1)


def _indent(signature: str, size: float, card: Card) -> float:
    """Return where a signature begins, as a share of the line: near the middle if it has room."""
    longest = max(map(len, signature.splitlines()))
    line = (card.width_mm - 2 * MARGIN * min(card.width_mm, card.height_mm)) * POINTS_PER_MM
    return round(max(0, min(0.46, 0.98 - longest * size * LETTER_WIDTH / line)), 3)


def envelope_sheet(pieces: Sequence[Piece], look: Look, faces: Sequence[Face], title: str) -> Sheet:
    """Return the envelopes: sender top left, the address where machines look for it.

    That is 16 to 70 mm above the lower edge, at least 15 mm from the right,
    and no wider than 100 mm: it satisfies the posts of Germany and of the
    United States.
    """
    envelope = look.envelope
    # Near the middle, but never so far right that an ordinary name breaks.
    left = min(0.47 * envelope.width_mm, envelope.width_mm - 100)
    right = max(15.0, envelope.width_mm - left - 100)
    top, bottom = envelope.height_mm - 69, 17
    data = {
        "title": tidy(title),
        "width": envelope.width_mm,
        "height": envelope.height_mm,
        "left": left,
        "right": right,
        "top": top,
        "bottom": bottom,
        "families": [face.family for face in faces[1:]],
        "leading": ADDRESS_LEADING,
        "sender": [tidy(line) for line in look.sender],
        "sender-width": envelope.width_mm - 24,
        "room": _room(top, envelope.height_mm - bottom),
    }
    envelopes = [_envelope(piece) for piece in pieces]
    return Sheet("envelope.typ", data, envelopes, ENVELOPE_STEPS, faces[1:])


def _envelope(piece: Piece) -> dict[str, Any]:
    lines = [tidy(line) for line in piece.address]
    return {
        "code": piece.code,
        "lines": [{"text": line, "rtl": is_right_to_left(line)} for line in lines],
        "rtl": all(map(is_right_to_left, lines)),
        "pitch": ADDRESS_POINTS * (1 + ADDRESS_LEADING),
        "scale": 1,
        "long": long_words("\n".join(lines)),
    }


def pick_list_sheet(
    pieces: Sequence[Piece], faces: Sequence[Face], title: str, made_on: date
) -> Sheet:
    """Return the list a person ticks off while folding, in the order of the cards."""
    day = format_date(made_on, "d MMMM y", locale="en")
    letters = "1 letter" if len(pieces) == 1 else f"{len(pieces)} letters"
    rows = [
        {
            "code": piece.code,
            "name": _breakable(piece.name),
            "why": _breakable(piece.why),
        }
        for piece in pieces
    ]
    data = {
        "title": tidy(title),
        "subtitle": f"{day} \N{MIDDLE DOT} {letters}",
        "families": [face.family for face in faces[1:]],
    }
    return Sheet("pick_list.typ", data, rows, (), faces[1:])


def _breakable(text: str) -> str:
    return re.sub(r"(\S{24})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", tidy(text))


def _room(top_mm: float, bottom_mm: float) -> dict[str, float]:
    return {"top": top_mm * POINTS_PER_MM, "bottom": bottom_mm * POINTS_PER_MM}
