"""What only our own export tells: facts, holds, hopes, lost addresses, and the notes that left."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer

from appreciation.sources import values
from appreciation.sources.base import Remembered, Row
from appreciation.sources.days import Days
from appreciation.sources.events import Cells, Maker, somebody, told
from appreciation.sources.people import Reader
from appreciation.store.carried import CARRIED
from appreciation.store.columns import Moment, Word

_CHANNELS = {"email", "post"}
_FIGURES, _MANY_FIGURES = 9, 15


def field_of(column: str) -> str:
    """Return the name of the field that holds ``column``; none of a customer has it."""
    return f"its {column}"


def _read(name: str, people: Reader, _: Days, line: int, cells: Cells) -> Row:
    carried = CARRIED[name]
    person = None
    if "customer_id" in carried.table.__table__.c:
        person = somebody(people, line, "customer", cells)
    found = {
        column: _value(carried.column(column), cells.get(field_of(column), ""))
        for column in carried.columns
    }
    return Remembered(line, person, name, found)


def _value(column: "Column[Any]", text: str) -> Any:
    """Return what the cell ``text`` means to ``column``.

    Raises:
        NoValue: it cannot hold that.
    """
    if isinstance(column.type, Boolean):
        return values.yes_or_no(text) is True
    if not text:
        if column.nullable:
            return None
        if column.default is not None:
            return column.default.arg  # type: ignore[attr-defined]
        raise values.NoValue(f"its {column.name.replace('_', ' ')} is missing")
    try:
        return _parsed(column, text)
    except ValueError as error:
        raise values.NoValue(f"{text!r} is no {column.name.replace('_', ' ')}") from error


def _parsed(column: "Column[Any]", text: str) -> Any:
    match column.type:
        case Moment():
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError(text)
            return moment
        case Date():
            return date.fromisoformat(text)
        case Integer():
            longest = _MANY_FIGURES if isinstance(column.type, BigInteger) else _FIGURES
            if not (text.isascii() and text.isdecimal() and len(text) <= longest):
                raise ValueError(text)
            return int(text)
        case Word(words=words):
            return words(text)
    if column.name == "channel" and text not in _CHANNELS:
        raise ValueError(text)
    return text


MAKERS: Mapping[str, Callable[[Reader, Days], Maker]] = {
    name: told(partial(_read, name)) for name in CARRIED
}
