"""The table [post]: how long a card is under way, and what it costs."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from appreciation.config.values import Country, Section

# A tenth of a cent is a price; a million is a slip of the keyboard.
_DECIMALS, _DEAREST = 4, 1_000_000


def _price(value: object) -> Decimal:
    """Read ``"0.95"``: of the business's own currency, so without a sign of it."""
    try:
        price = Decimal(str(value).strip())
    except InvalidOperation:
        price = Decimal(-1)
    if not (price.is_finite() and 0 <= price < _DEAREST and price == round(price, _DECIMALS)):
        raise ValueError(f'{value!r} is no price; write it like "0.95", in your own currency')
    return price


def _place(value: object) -> str:
    """Read ``home``, ``abroad``, or a country like ``US``."""
    text = str(value).strip()
    if text in ("home", "abroad"):
        return text
    country = text.upper()
    if len(country) == len("US") and country.isascii() and country.isalpha():
        return country
    raise ValueError(f"{value!r} is no place; write home, abroad, or a country like US")


Price = Annotated[Decimal, BeforeValidator(_price), PlainSerializer(str)]
Place = Annotated[str, BeforeValidator(_place)]


class Post(Section):
    """The post that carries cards: ``transit`` in working days, by country; the ``price`` of each.

    A price is for ``home``, ``abroad``, or one country, which goes before both.
    """

    transit: dict[Country, Annotated[int, Field(ge=0, le=60)]] = Field(default={})
    price: dict[Place, Price] = Field(default={})


def postage(prices: Mapping[str, Decimal], country: str, home: str) -> Decimal | None:
    """Return what a card to ``country`` costs from ``home``; None where no price is set.

    A customer without a country lives at home.
    """
    if country in prices:
        return prices[country]
    return prices.get("home" if country in ("", home) else "abroad")
