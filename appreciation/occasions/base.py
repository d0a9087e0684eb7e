"""What an occasion promises: a query that finds it, and the words to write about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from sqlalchemy import ColumnElement, Table, and_, case, extract, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from appreciation.config.occasions import OccasionSettings
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note


@dataclass(frozen=True, slots=True)
class Facts:
    """What one note may say, and ``why`` it is written, for the owner: "birthday on 12 April".

    ``words`` are grouped by the thing that they tell of: ``{"order": {"items": ...}}``.
    """

    words: Mapping[str, Mapping[str, Any]]
    why: str


class Occasion(Protocol):
    """A reason to write to one customer about one thing."""

    # What its templates may say, each word with a sample.
    samples: ClassVar[Mapping[str, Mapping[str, Any]]]
    # Which wordings it asks for: "first" and "later", say. Empty: any.
    variants: ClassVar[Sequence[str]]
    # The table of events it looks at once each; None for days that come round each year.
    consumes: ClassVar[type[Base] | None]

    def __init__(self, settings: OccasionSettings) -> None: ...

    def ready(self, through: date) -> ColumnElement[bool]:
        """Return which rows of ``consumes`` may be looked at: those up to ``through``, inclusive.

        A row that is not ready yet is asked again next time.
        """
        ...

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        """Return a SELECT over :func:`found`: who, which occurrence, about what.

        It joins customers to ``calendar`` by day, which bounds it. Of
        ``consumes`` it takes the rows that were considered at
        ``considered_at``; None stands for those that nobody considered yet.
        The occurrence is the same for ever: it is why nobody is thanked twice.
        """
        ...

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        """Return for each note's id what it may say. A note whose event is gone is left out."""
        ...


def found(
    *,
    occurrence: ColumnElement[str],
    about: ColumnElement[int],
    known_at: ColumnElement[datetime],
    variant: ColumnElement[str] | None = None,
) -> Rows:
    """Return the columns that finding expects of an occasion.

    ``known_at`` is when the store learned of it: what was too late already at
    that moment is history and no missed note.
    """
    return select(
        Customer.id.label("customer_id"),
        occurrence.label("occurrence"),
        about.label("about_id"),
        known_at.label("known_at"),
        (literal("") if variant is None else variant).label("variant"),
    ).select_from(Customer)


def lives_by(calendar: Table) -> ColumnElement[bool]:
    """Return the join of a customer to the calendar of where they are."""
    by_email = calendar.c.channel == "email"
    place = case((by_email, Customer.timezone), else_=Customer.country)
    return calendar.c.place == func.coalesce(place, "")


def comes_round(
    calendar: Table,
    month_day: SQLCoreOperations[int],
    leap_day: SQLCoreOperations[str | None] | None = None,
) -> ColumnElement[bool]:
    """Return the join of a yearly day to the days on which it is kept.

    ``leap_day`` is when somebody chose to keep 29 February, or NULL.
    """
    chosen = literal("") if leap_day is None else func.coalesce(leap_day, "")
    return and_(calendar.c.month_day == month_day, calendar.c.leap_day == chosen)


def considered(
    column: SQLCoreOperations[datetime | None], at: datetime | None
) -> ColumnElement[bool]:
    """Return whether an event was considered ``at`` a moment; None: it was not yet.

    PostgreSQL has no index for IS NOT DISTINCT FROM, which would say both.
    """
    return column.is_(None) if at is None else column == at


def falls_on(calendar: Table, day: SQLCoreOperations[date | None]) -> ColumnElement[bool]:
    """Return the join of a single day to the calendar: to one row for each place and channel.

    By the day alone there are two on 28 February, which keeps the 29th as well.
    """
    month_day = extract("month", day) * 100 + extract("day", day)
    return and_(calendar.c.month_day == month_day, calendar.c.leap_day == "", calendar.c.day == day)
