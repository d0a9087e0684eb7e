"""Rows that our own export carries column by column, so that an import gives the same rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from appreciation.store.tables import (
    Base,
    Customer,
    Fact,
    Hold,
    LifeEvent,
    Note,
    Origin,
    Suppression,
)

_AT_ONCE = 5_000


class Carried(NamedTuple):
    """Which columns of a table are carried, and which of them tell two rows of one customer apart.

    Where those are ``unique`` they tell it whoever's the rows are.
    """

    table: type[Base]
    columns: Sequence[str]
    apart: Sequence[str]
    unique: bool = False

    @property
    def headers(self) -> Sequence[str]:
        """What the columns are called in a file: "Sent at"."""
        return [name.replace("_", " ").capitalize() for name in self.columns]

    def column(self, name: str) -> "Column[Any]":
        """Return a column of the table."""
        return self.table.__table__.c[name]  # type: ignore[return-value]


CARRIED: Mapping[str, Carried] = {
    "facts": Carried(Fact, ("words",), ("words",)),
    "holds": Carried(Hold, ("why", "until", "released_at"), ("why", "until", "released_at")),
    "life-events": Carried(
        LifeEvent,
        ("name", "year", "cents", "currency", "times", "percent"),
        ("name", "year", "cents", "currency", "times", "percent"),
    ),
    "origins": Carried(Origin, ("source", "key"), ("source", "key"), unique=True),
    "suppressions": Carried(Suppression, ("address", "why"), ("address",), unique=True),
    "notes": Carried(
        Note,
        (
            *("occasion", "occurrence", "variant", "on", "state", "why", "reason", "channel"),
            *("backend", "due_at", "sent_at", "wording", "language", "belated", "edited"),
            *("overruled", "recipient", "subject", "body", "message_id"),
        ),
        ("occasion", "occurrence"),
    ),
}


def rows_of(session: Session, name: str) -> Iterator[tuple[Customer | None, list[str]]]:
    """Yield the rows of what is carried as ``name``, each with whose it is, as cells."""
    what = CARRIED[name]
    rows = what.table.__table__
    query = select(*(rows.c[column] for column in what.columns)).order_by(rows.c.id)
    if "customer_id" not in rows.c:
        for row in session.execute(query):
            yield None, list(map(in_a_cell, row))
        return
    query = query.add_columns(Customer).join(Customer, Customer.id == rows.c.customer_id)
    for row in session.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield row[-1], list(map(in_a_cell, row[:-1]))


def in_a_cell(value: Any) -> str:
    """Return a value as a cell holds it: moments in ISO form, to the last figure."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "" if value is None else str(value)
