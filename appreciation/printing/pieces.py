"""What is printed for one person, and how a whole batch is to look."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from appreciation.errors import AppreciationError
from appreciation.printing.faces import insist_on_hand
from appreciation.printing.stocks import Card, Envelope, Labels

Duplex = Literal["off", "long-edge", "short-edge"]


class UnknownInk(AppreciationError):
    """A colour that is not written as #rrggbb, and is none of ours."""


INKS = {
    "night blue": "#1f2a44",
    "blue": "#1d3f8f",
    "black": "#1a1a1a",
    "sepia": "#5a3a22",
    "green": "#1f4a3a",
    "violet": "#4a2a5e",
    "bordeaux": "#6b1f2e",
}


def colour(ink: str) -> str:
    """Return the ``#rrggbb`` of an ink, by name or as it stands.

    Raises:
        UnknownInk: it is neither.
    """
    if ink.lower() in INKS:
        return INKS[ink.lower()]
    if re.fullmatch(r"#[0-9a-fA-F]{6}", ink):
        return ink.lower()
    raise UnknownInk(
        f"{ink!r} is no colour", mend=f"write it like #1f2a44, or one of: {', '.join(INKS)}"
    )


def fault_of(look: Mapping[str, str]) -> str | None:
    """Return what is wrong with the ``hand`` or the ``ink`` of a card, and the mend; or None."""
    try:
        if "hand" in look:
            insist_on_hand(look["hand"])
        if "ink" in look:
            colour(look["ink"])
    except AppreciationError as error:
        return f"{error}; {error.mend}"
    return None


@dataclass(frozen=True, slots=True)
class Piece:
    """One card and what its address stands on.

    ``code`` is printed on both and is unique in the batch: up to 14 capitals,
    digits and hyphens. ``name`` is who it is for, as the pick list and an
    error say it; ``address`` the finished lines, the name first; ``body`` a
    print tree; ``why`` the reason, for the person who folds. An empty ``hand``,
    ``ink`` or ``picture`` is the batch's; ``picture`` is the name of a design
    or of a file. ``enclose`` is what else goes into the envelope; ``facts``
    and ``before``, the words of last time, are for who writes by hand. On mail
    that goes abroad the sender's lines end in ``sent_from``, their country.
    """

    code: str
    name: str
    address: tuple[str, ...]
    body: Sequence[Mapping[str, Any]]
    why: str
    language: str = "en"
    occasion: str = ""
    hand: str = ""
    ink: str = ""
    picture: str = ""
    enclose: str = ""
    facts: tuple[str, ...] = ()
    before: str = ""
    sent_from: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z0-9-]{1,14}", self.code):
            raise ValueError(f"{self.code!r} is no code for a card")


@dataclass(frozen=True, slots=True)
class Look:
    """The paper, the hand, the ink and the return address that a batch shares.

    ``picture`` is a design, a file in ``pictures``, or empty: a design that
    suits the occasion. ``signature`` stands in for the line that says
    ``signer``. ``language`` is the owner's. With ``varies`` no two cards
    look stamped. ``bleed`` is for print shops, in millimetres. ``lists_on`` is the
    paper for what the owner reads, ``a4`` or ``letter``.
    """

    card: Card
    envelope: Envelope | Labels
    sender: tuple[str, ...]
    hand: str = "Caveat"
    ink: str = "night blue"
    picture: str = ""
    pictures: Path | None = None
    signature: Path | None = None
    signer: str = ""
    language: str = "en"
    duplex: Duplex = "long-edge"
    bleed: float = 0
    varies: bool = True
    lists_on: str = "a4"

    def __post_init__(self) -> None:
        colour(self.ink)
        insist_on_hand(self.hand)

    def hand_of(self, piece: Piece) -> str:
        """Return the hand that ``piece`` is written in."""
        return piece.hand or self.hand

    def ink_of(self, piece: Piece) -> str:
        """Return the colour of the ink of ``piece``, as #rrggbb."""
        return colour(piece.ink or self.ink)
