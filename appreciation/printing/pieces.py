"""What is printed for one person, and how a whole batch is to look."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appreciation.errors import AppreciationError
from appreciation.printing.stocks import Card, Envelope


class UnknownInk(AppreciationError):
    """A colour that is not written as #rrggbb."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One card and its envelope.

    ``code`` is printed on both and is unique in the batch: up to 14 capitals,
    digits and hyphens. ``name`` is who it
    is for, as the pick list and an error say it; ``address`` the finished lines
    of the envelope, the name first; ``body`` a print tree; ``why`` the reason,
    for the person who folds.
    """

    code: str
    name: str
    address: tuple[str, ...]
    body: Sequence[Mapping[str, Any]]
    why: str
    language: str = "en"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z0-9-]{1,14}", self.code):
            raise ValueError(f"{self.code!r} is no code for a card")


@dataclass(frozen=True, slots=True)
class Look:
    """The paper, the hand, the ink and the return address that a batch shares."""

    card: Card
    envelope: Envelope
    sender: tuple[str, ...]
    face: str = "Caveat"
    ink: str = "#1f2a44"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.ink):
            raise UnknownInk(f"{self.ink!r} is no colour", mend="write it like #1f2a44")
