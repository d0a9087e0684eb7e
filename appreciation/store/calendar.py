"""The days of a window, place by place, as a small table that SQL can join.

Daylight saving, 29 February and print days are settled here, in Python, so
that an occasion is nothing but a query.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Column, Date, Integer, MetaData, String, Table, insert, text
from sqlalchemy.orm import Session

from appreciation.store.columns import Moment
from appreciation.store.dialects import is_postgresql


class Day(NamedTuple):
    """One local day, and when a note about it is due, late, and no longer sent.

    An email is due by its customer's clock and a card by the days that it is
    under way, so ``place`` is a time zone for the ``channel`` email and a
    country for post; empty where it is the business's own. ``month_day`` 412 is
    12 April, and 400 an unknown day of April. Two rows may share a day: 28
    February keeps the 29th in a common year, for those whose ``leap_day`` it is.
    """

    channel: str
    place: str
    day: date
    month_day: int
    leap_day: str
    year: int
    due_at: datetime
    on_time_until: datetime
    expires_at: datetime


calendar = Table(
    "calendar",
    MetaData(),
    # In this order, so that a yearly day and a single one both find theirs along the key.
    Column("month_day", Integer, primary_key=True),
    Column("leap_day", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("place", String, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("on_time_until", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    prefixes=["TEMPORARY"],
)


@contextlib.contextmanager
def laid_out(session: Session, days: Sequence[Day]) -> Iterator[Table]:
    """Fill the calendar with ``days`` for as long as the block lasts; only this session sees it."""
    connection = session.connection()
    calendar.create(connection, checkfirst=False)
    if days:
        connection.execute(insert(calendar), [day._asdict() for day in days])
        if is_postgresql(session):
            # Nobody else looks at how much lies in it: taken for a row or two, it would be
            # what all the orders of a shop are asked for again and again.
            connection.execute(text(f"ANALYZE {calendar.name}"))
    yield calendar
    # Where the block failed, the transaction is undone and the table with it.
    calendar.drop(connection, checkfirst=False)
