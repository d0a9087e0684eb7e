"""A word to a customer who has been silent for much longer than is usual for them.

Who that is, the model of buying tells each night; see ``value/standing.py``.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, cast, func, select, true
from sqlalchemy.orm import Session

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, falls_on, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note, Order, Standing


class Quiet:
    """Found once for each silence: the occurrence is the last order before it."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {"quiet": {"day": "3 November"}}
    variants: ClassVar[Sequence[str]] = ()
    consumes: ClassVar[type[Base] | None] = None

    def __init__(self, settings: OccasionSettings) -> None:
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:  # noqa: ARG002 - nothing is consumed
        return true()

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:  # noqa: ARG002
        last = (
            select(func.max(Order.id))
            .where(
                Order.customer_id == Customer.id,
                Order.ordered_on == Standing.last_order_on,
                Order.total_cents > 0,
            )
            .correlate(Customer, Standing)
            .scalar_subquery()
        )
        return (
            found(
                occurrence=cast(Standing.last_order_on, String),
                about=last,
                known_at=Standing.found_at.expression,
            )
            .join(Standing, Standing.customer_id == Customer.id)
            .join(calendar, and_(falls_on(calendar, Standing.quiet_on), lives_by(calendar)))
            .where(Standing.quiet_on.in_(select(calendar.c.day)))
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        ids = [note.about_id for note in notes]
        days = dict(
            session.execute(select(Order.id, Order.ordered_on).where(Order.id.in_(ids))).all()
        )
        return {
            note.id: _facts(days[note.about_id], note.language or "en")
            for note in notes
            if note.about_id in days
        }


def _facts(last: date, language: str) -> Facts:
    day = day_in_words(last.month, last.day, language)
    return Facts({"quiet": {"day": day}}, why=f"silent since {day}, longer than is usual")
