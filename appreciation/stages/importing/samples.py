"""A record in its owner's words, for a look before it is taken in."""

from appreciation.dates import day_in_words
from appreciation.money import format_money
from appreciation.sources.base import (
    Dated,
    Kept,
    Met,
    NotTaken,
    Person,
    Remembered,
    Row,
    Sale,
    Sent,
    Unreadable,
)

_SHOWN = 100


def in_words(row: Row) -> str:
    """Return a record in one line: "Ada Lovelace, ada@example.org, birthday April 12"."""
    match row:
        case Person():
            days = [f"{each.kind} {_day(each)}" for each in row.dates]
            met = [f"met on {row.met_on}"] if row.met_on else []
            parts = [row.name, row.email, row.phone, row.address, *days, *met]
            return ", ".join(part.replace("\n", ", ") for part in parts if part)
        case Sale():
            who = row.buyer.name or row.buyer.email or row.buyer.key or "a guest"
            number = f"order {row.number}: " if row.number else ""
            return f"{number}{who}, {format_money(row.cents, row.currency)} on {row.on}"
        case Unreadable() | NotTaken():
            return row.reason
    return _of_somebody(row)


def _of_somebody(row: Sent | Met | Kept | Remembered) -> str:
    match row:
        case Sent():
            return f"{row.referrer.name} sent {row.referred.name} on {row.on}"
        case Met():
            return f"met {row.person.name} on {row.on}"
        case Kept():
            return f"{row.dated.kind} of {row.dated.whose or row.person.name}: {_day(row.dated)}"
    whose = f"{row.person.name}: " if row.person else ""
    return whose + ", ".join(str(value) for value in row.values.values() if value)[:_SHOWN]


def _day(dated: Dated) -> str:
    day = dated.day
    words = day_in_words(day.month, day.day, "en")
    return f"{words}, {day.year}" if day.year else words
