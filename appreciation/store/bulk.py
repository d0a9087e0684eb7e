"""Many rows and many values at a time, past what SQLAlchemy prepares for each of them.

For a hundred thousand orders that preparing took as long as the database did.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Table,
    any_,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstrumentedAttribute, Session

from appreciation.store.columns import Moment, Word
from appreciation.store.dialects import is_postgresql

_REPEATED = (Moment, Word, Date, DateTime)


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, each with the same columns, also those computed of others."""
    if not rows:
        return
    connection = session.connection()
    made = _made_ready(table, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(made.sql, made.written(rows))


def among(
    session: Session,
    column: ColumnElement[Any] | InstrumentedAttribute[Any],
    values: Collection[Any],
) -> ColumnElement[bool]:
    """Return whether ``column`` is one of ``values``: one parameter, however many they are."""
    if is_postgresql(session):
        return column == any_(literal(list(values), ARRAY(column.type)))
    words = json.dumps(list(values), default=str)
    return column.in_(select(func.json_each(words).table_valued("value").c.value))


@dataclass(frozen=True, slots=True)
class _Insert:
    """An INSERT in a database's own words, and how it writes each column."""

    sql: str
    names: Sequence[str]
    by_place: bool
    constants: Mapping[str, Any]
    ways: Sequence[tuple[str, Callable[[Any], Any]]]

    def written(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        for name, way in self.ways:
            columns[name] = list(map(way, columns[name]))
        for name, value in self.constants.items():
            columns[name] = [value] * len(rows)
        if self.by_place:
            return list(zip(*(columns[name] for name in self.names), strict=True))
        return [
            dict(zip(self.names, values, strict=True))
            for values in zip(*(columns[name] for name in self.names), strict=True)
        ]


@lru_cache(maxsize=64)
def _made_ready(table: Table, given: tuple[str, ...], dialect: Dialect) -> _Insert:
    constants = {
        column.name: column.default.arg  # type: ignore[attr-defined]
        for column in table.columns
        if column.name not in given and column.default is not None and column.default.is_scalar
    }
    names = [*given, *constants]
    compiled: Any = insert(table).compile(dialect=dialect, column_keys=names)
    ways = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    return _Insert(
        sql=compiled.string,
        names=compiled.positiontup or names,
        by_place=compiled.positiontup is not None,
        constants={
            name: value if (way := ways.get(name)) is None else way(value)
            for name, value in constants.items()
        },
        ways=[
            (name, lru_cache(maxsize=1 << 12)(way) if _repeats(table, name) else way)
            for name, way in ways.items()
            if way is not None and name in given
        ],
    )


def _repeats(table: Table, name: str) -> bool:
    return isinstance(table.c[name].type, _REPEATED)
