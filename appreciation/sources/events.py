"""What happened, out of the cells of a row: who sent whom, whom we met, which day is kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from appreciation.sources import values
from appreciation.sources.base import Dated, Kept, Met, Person, Row, Sent, Unreadable
from appreciation.sources.days import Days, NoDay
from appreciation.sources.people import Reader
from appreciation.sources.sales import is_somebody

Cells = Mapping[str, str]
Maker = Callable[[int, Cells], Row]


def told(read: Callable[[Reader, Days, int, Cells], Row]) -> Callable[[Reader, Days], Maker]:
    """Return a maker of rows that says why there is none where a cell cannot be read."""

    def with_readers(people: Reader, days: Days) -> Maker:
        def make(line: int, cells: Cells) -> Row:
            try:
                return read(people, days, line, cells)
            except (NoDay, values.NoValue) as error:
                return Unreadable(line, str(error))

        return make

    return with_readers


def _sent(people: Reader, days: Days, line: int, cells: Cells) -> Row:
    both = [
        somebody(people, line, who, {name: cells.get(column, "") for name, column in of.items()})
        for who, of in (
            ("referrer", {"key": "key", "name": "referrer", "email": "email"}),
            (
                "referred",
                {"key": "referred_key", "name": "referred", "email": "referred_email"},
            ),
        )
    ]
    on = _past(days, cells["on"]) if cells.get("on") else days.today
    known_on = _past(days, cells["known_on"]) if cells.get("known_on") else None
    waits, seen = (values.yes_or_no(cells.get(name, "")) is True for name in ("waits", "seen"))
    return Sent(line, both[0], both[1], on, known_on, waits, seen)


def _met(people: Reader, days: Days, line: int, cells: Cells) -> Row:
    person = somebody(people, line, "customer", cells)
    seen = values.yes_or_no(cells.get("seen", "")) is True
    return Met(line, person, _past(days, cells.get("on", "")), cells.get("place") or None, seen)


def _kept(people: Reader, days: Days, line: int, cells: Cells) -> Row:
    person = somebody(people, line, "customer", cells)
    day = days.yearly(cells.get("on", ""))
    kind = cells.get("about_day", "").casefold()
    if day is None or not kind:
        return Unreadable(line, "the day is missing, or what kind of day it is")
    return Kept(line, person, Dated(kind, day, cells.get("whose", "")))


MAKERS: Mapping[str, Callable[[Reader, Days], Maker]] = {
    "sent": told(_sent),
    "met": told(_met),
    "kept": told(_kept),
}


def somebody(people: Reader, line: int, who: str, cells: Cells) -> Person:
    """Return of whom the row tells.

    Raises:
        NoValue: of nobody, or their address is none.
    """
    person = people.buyer(line, cells)
    if not is_somebody(person):
        raise values.NoValue(f"the {who} is missing")
    return person if person.name else replace(person, name=person.email or "")


def _past(days: Days, text: str) -> date:
    day = days.day(text)
    if day > days.today:
        raise NoDay(f"the day {day} is yet to come")
    return day
