"""What the two databases do not spell alike."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def is_postgresql(session: Session) -> bool:
    """Return whether a server keeps the store, and not a file."""
    return session.get_bind().dialect.name == "postgresql"


def insert_for(session: Session) -> Callable[[Any], Any]:
    """Return the INSERT that knows ON CONFLICT, as this database writes it."""
    return postgresql.insert if is_postgresql(session) else sqlite.insert


class week_of(FunctionElement[int]):  # noqa: N801 - reads as a function of the database
    """The number of the week that a day is in, from Monday to Sunday; the next week's is one more.

    0 is the week of 1 January of the year 1, a Monday.
    """

    type = Integer()
    inherit_cache = True


@compiles(week_of, "sqlite")
def _week_by_julian_days(element: week_of, compiler: SQLCompiler, **how: Any) -> str:
    day = compiler.process(element.clauses, **how)
    return f"(CAST(julianday({day}) - 1721425.5 AS INTEGER) / 7)"


@compiles(week_of, "postgresql")
def _week_by_days(element: week_of, compiler: SQLCompiler, **how: Any) -> str:
    day = compiler.process(element.clauses, **how)
    return f"(({day} - DATE '0001-01-01') / 7)"
