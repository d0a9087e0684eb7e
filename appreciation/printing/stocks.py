"""The paper an owner prints on: cards and envelopes, with their sizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeVar

from appreciation.errors import AppreciationError

MM_PER_INCH = 25.4


class UnknownStock(AppreciationError):
    """A card or an envelope of a name that we do not know."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it lies when it is read. ``source`` says who states the size."""

    name: str
    width_mm: float
    height_mm: float
    source: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope, always the long side across. ``source`` says who states the size."""

    name: str
    width_mm: float
    height_mm: float
    source: str


Stock = TypeVar("Stock", Card, Envelope)


def _by_name(*stocks: Stock) -> Mapping[str, Stock]:
    return MappingProxyType({stock.name: stock for stock in stocks})


CARDS = _by_name(
    Card("a6", 148, 105, "ISO 216"),
    Card("a5", 210, 148, "ISO 216"),
    Card("4x6", 6 * MM_PER_INCH, 4 * MM_PER_INCH, "6 x 4 in"),
    Card("5x7", 7 * MM_PER_INCH, 5 * MM_PER_INCH, "7 x 5 in"),
)

# The millimetres printed beside the American sizes in common lists are wrong:
# these come from their inches.
ENVELOPES = _by_name(
    Envelope("dl", 220, 110, "ISO 269"),
    Envelope("c6", 162, 114, "ISO 269"),
    Envelope("c5", 229, 162, "ISO 269"),
    Envelope("10", 9.5 * MM_PER_INCH, 4.125 * MM_PER_INCH, "9 1/2 x 4 1/8 in"),
    Envelope("a2", 5.75 * MM_PER_INCH, 4.375 * MM_PER_INCH, "5 3/4 x 4 3/8 in"),
    Envelope("a6", 6.5 * MM_PER_INCH, 4.75 * MM_PER_INCH, "6 1/2 x 4 3/4 in"),
    Envelope("a7", 7.25 * MM_PER_INCH, 5.25 * MM_PER_INCH, "7 1/4 x 5 1/4 in"),
)


def card(name: str) -> Card:
    """Return the card called ``name``, in capitals or not.

    Raises:
        UnknownStock: there is none; ``mend`` lists those there are.
    """
    return _look_up("card", name, CARDS)


def envelope(name: str) -> Envelope:
    """Return the envelope called ``name``, in capitals or not, "#10" for "10".

    Raises:
        UnknownStock: there is none; ``mend`` lists those there are.
    """
    return _look_up("envelope", name, ENVELOPES)


def _look_up(kind: str, name: str, stocks: Mapping[str, Stock]) -> Stock:
    plain = name.strip().lower().removeprefix("#")
    if plain in stocks:
        return stocks[plain]
    near = get_close_matches(plain, stocks, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownStock(
        f"no {kind} is called {name!r}", mend=f"{meant}write one of: {', '.join(stocks)}"
    )
