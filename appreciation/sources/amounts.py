"""Money as the cells of a column write it. Which mark is the decimal one, the column decides."""

import re

from appreciation.errors import NotUnderstood
from appreciation.money import minor_digits
from appreciation.sources.base import Undecided

_BLANKS = str.maketrans(dict.fromkeys("'\u2019\u00a0\u202f \t"))
_MINUS = "-\u2212\u2013"
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "$": "", "₹": "INR", "₩": "KRW", "zł": "PLN"}
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_FIGURES = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+")
_PLAIN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2})?")
# Most amounts are written so, and settle the mark at once.
_TWO_PLACES = re.compile(r"-?[0-9]+\.[0-9]{2}")
_THOUSANDS = 3
# The store's integers are 64 bits wide; nobody's order comes near.
_LARGEST = 10**15
_CENTS = 2


class NoAmount(ValueError):
    """A cell that is no amount; the sentence says why."""


class DecimalEvidence:
    """What the cells of one column tell of the mark before the cents."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.open_one: str | None = None

    def add(self, cell: str, currency: str) -> None:
        """Look at one cell more, an amount in ``currency``."""
        if cell.isdecimal():
            return
        if _TWO_PLACES.fullmatch(cell):
            self.seen.setdefault(".", cell)
            return
        mark, settled = _mark_in(_bare(cell)[0])
        if mark is None:
            return
        if settled:
            self.seen.setdefault(mark, cell)
        elif self.open_one is None and _digits(currency) > 0:
            self.open_one = cell

    def verdict(self, header: str) -> str | None:
        """Return the decimal mark of the column; None where it has none.

        Raises:
            Undecided: cells can be read both ways and none settles it, or they
                contradict each other.
        """
        if len(self.seen) == 1:
            return next(iter(self.seen))
        if self.seen:
            both = " and ".join(map(repr, self.seen.values()))
            wrong = f"the column {header!r} holds both {both}"
        elif self.open_one is not None:
            wrong = f"the column {header!r} holds {self.open_one!r}, which can be two amounts"
        else:
            return None
        answers = {"point": "1,234.50", "comma": "1.234,50"}
        raise Undecided(wrong, flag="--decimal", answers=answers)


def _mark_in(bare: str) -> tuple[str | None, bool]:
    """Return which mark is the decimal one in ``bare``, and whether that is beyond doubt."""
    marks = [sign for sign in bare if sign in ".,"]
    if not marks:
        return None, True
    last = marks[-1]
    other = "," if last == "." else "."
    if len(set(marks)) > 1:
        return last, True
    if len(marks) > 1:
        return other, True
    head, _, tail = bare.partition(last)
    # 0.125 cannot be grouped, and neither can 1234.567.
    alone = len(tail) == _THOUSANDS and 1 <= len(head) <= _THOUSANDS and head != "0"
    return last, not alone


def read(text: str, currency: str, decimal: str | None) -> tuple[int, str]:
    """Return minor units and currency of ``text``; ``currency`` where it names none.

    Raises:
        NoAmount: it is none.
    """
    if _PLAIN.fullmatch(text) and decimal != "," and _digits(currency) == _CENTS:
        whole, _, fraction = text.partition(".")
        cents = int(whole) * 100
        if fraction:
            part = int(fraction.ljust(_CENTS, "0"))
            cents = cents - part if text[0] == "-" else cents + part
        return cents, currency
    return _read(text, currency, decimal)


def _read(text: str, currency: str, decimal: str | None) -> tuple[int, str]:
    bare, below_zero, named = _bare(text)
    currency = named or currency
    if not _FIGURES.fullmatch(bare):
        raise NoAmount(f"{text!r} is no amount of money")
    digits = _digits(currency)
    if digits < 0:
        raise NoAmount(f"{currency!r} is no currency")
    mark, settled = _mark_in(bare)
    if (not settled and (decimal or (mark if digits else None)) != mark) or (
        not settled and digits == 0
    ):
        mark = None
    whole, fraction = bare, ""
    if mark and mark in bare:
        whole, _, fraction = bare.rpartition(mark)
    if decimal and fraction and mark != decimal:
        raise NoAmount(f"{text!r} has another decimal mark than its column")
    fraction = fraction.rstrip("0") if len(fraction) > digits else fraction
    if len(fraction) > digits:
        raise NoAmount(f"{text!r} has more decimals than {currency} has")
    figures = re.sub("[.,]", "", whole) or "0"
    cents = int(figures + fraction.ljust(digits, "0"))
    if cents > _LARGEST:
        raise NoAmount(f"{text!r} is more than any order")
    return (-cents if below_zero else cents), currency


def _bare(text: str) -> tuple[str, bool, str]:
    """Return the figures and marks of ``text``, whether it is below zero, and its currency."""
    rest, named = text.strip(), ""
    if code := _CODE.search(rest):
        named = code.group()
        rest = rest[: code.start()] + rest[code.end() :]
    for sign, currency in _SIGNS.items():
        if sign in rest:
            rest = rest.replace(sign, "", 1)
            named = named or currency
    rest = rest.translate(_BLANKS)
    below_zero = False
    if rest.startswith("(") and rest.endswith(")"):
        below_zero, rest = True, rest[1:-1]
    if rest and rest[0] in _MINUS:
        below_zero, rest = True, rest[1:]
    elif rest and rest[-1] in _MINUS:
        below_zero, rest = True, rest[:-1]
    return rest.removeprefix("+"), below_zero, named


def _digits(currency: str) -> int:
    """Return how many decimals ``currency`` has; -1 where there is none of that name."""
    try:
        return minor_digits(currency)
    except NotUnderstood:
        return -1
