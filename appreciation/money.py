"""Money as people write it, and as we keep it: whole minor units with a currency."""

import re
from functools import cache

from appreciation.errors import NotUnderstood

_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "$": "USD", "₹": "INR", "₩": "KRW"}
_DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}
_AMOUNT = re.compile(r"[0-9]+(?:[.,' \u00a0\u202f\u2019][0-9]+)*")
# The store's integers are 64 bits wide; nobody's order comes near.
_LARGEST = 10**15


def parse_money(text: str, currency: str) -> tuple[int, str]:
    """Read ``12.50``, ``12,50``, ``1,234.50``, ``€12`` or ``12 CHF`` into minor units.

    ``currency`` is the one meant where none is written. A mark before exactly
    three last figures may be either decimal or grouping, so it is refused.

    Raises:
        NotUnderstood: it is no amount, below zero, or can be two amounts.
    """
    rest = text.strip()
    for sign, code in _SIGNS.items():
        if sign in rest:
            rest = rest.replace(sign, "", 1).strip()
            currency = currency if code == "USD" and currency in _DOLLARS else code
    if named := re.search(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", rest):
        currency = named.group()
        rest = (rest[: named.start()] + rest[named.end() :]).strip()
    if not _AMOUNT.fullmatch(rest):
        raise NotUnderstood(f"{text!r} is no amount of money", mend="write it like 12.50")
    places = _places(currency, text)
    whole, fraction = _split(rest, places, text)
    if len(fraction) > places:
        raise NotUnderstood(
            f"{text!r} has more decimals than {currency} has", mend=f"use {places} at most"
        )
    cents = int(whole + fraction.ljust(places, "0"))
    if cents > _LARGEST:
        raise NotUnderstood(f"{text!r} is more than any order", mend="check the amount")
    return cents, currency


def format_money(cents: int, currency: str, language: str = "en", *, whole: bool = False) -> str:
    """Return the amount as ``language`` writes it: ``€12.50``, or where ``whole``, ``€13``."""
    from copy import copy
    from decimal import Decimal

    from babel import Locale
    from babel.numbers import format_currency

    amount = Decimal(cents).scaleb(-_places(currency, ""))
    locale = Locale.parse(language, sep="-")
    if not whole:
        return format_currency(amount, currency, locale=locale)
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (0, 0)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))


def _places(currency: str, text: str) -> int:
    try:
        return minor_digits(currency)
    except NotUnderstood as error:
        raise NotUnderstood(
            f"{currency!r} in {text!r} is no currency", mend="write it like EUR or USD"
        ) from error


@cache
def minor_digits(currency: str) -> int:
    """Return how many decimals ``currency`` has: 2 for EUR, none for JPY.

    Raises:
        NotUnderstood: there is no such currency.
    """
    from babel.numbers import UnknownCurrencyError, get_currency_precision, list_currencies

    try:
        # The two that stand for no currency and for a test.
        if currency in list_currencies() - {"XXX", "XTS"}:
            return get_currency_precision(currency)
    except UnknownCurrencyError:
        pass
    raise NotUnderstood(f"{currency!r} is no currency", mend="write it like EUR or USD")


def _split(rest: str, places: int, text: str) -> tuple[str, str]:
    """Return the figures before and after the decimal mark."""
    plain = re.sub(r"[' \u00a0\u202f\u2019]", "", rest)
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return plain, ""
    head, last, tail = plain.rpartition(marks[-1])
    grouped = head.replace(".", "").replace(",", "")
    if marks.count(last) > 1 or (places == 0 and len(tail) == 3):  # noqa: PLR2004 - thousands
        return grouped + tail, ""
    if len(set(marks)) == 1 and len(tail) == 3:  # noqa: PLR2004 - thousands
        raise NotUnderstood(
            f"{text!r} can be two amounts", mend=f"write {head}{tail} or {head}.{tail[:places]}"
        )
    return grouped, tail
