"""A year, two years, since a customer's first order."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, cast, extract, select, true
from sqlalchemy.orm import Session

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import day_in_words, years_in_words
from appreciation.occasions.base import Facts, comes_round, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Buyer, Customer, Note


class Anniversary:
    """Found by month and day of the first order; the occurrence is the local year."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "anniversary": {"years": "three years", "year": 3, "day": "3 November"}
    }
    variants: ClassVar[Sequence[str]] = ()
    consumes: ClassVar[type[Base] | None] = None

    def __init__(self, settings: OccasionSettings) -> None:
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:  # noqa: ARG002 - nothing is consumed
        return true()

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:  # noqa: ARG002
        return (
            found(
                occurrence=cast(calendar.c.year, String),
                about=Buyer.customer_id.expression,
                known_at=Buyer.known_at.expression,
            )
            .join(Buyer, Buyer.customer_id == Customer.id)
            .join(calendar, and_(comes_round(calendar, Buyer.month_day), lives_by(calendar)))
            .where(
                extract("year", Buyer.first_order_on) < calendar.c.year,
                # Said twice, so that the index on the days leads and not the customers.
                Buyer.month_day.in_(select(calendar.c.month_day)),
            )
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        who = [note.about_id for note in notes]
        query = select(Buyer.customer_id, Buyer.first_order_on)
        first = dict(session.execute(query.where(Buyer.customer_id.in_(who))).all())
        return {
            note.id: _facts(first[note.about_id], note) for note in notes if note.about_id in first
        }


def _facts(first: date, note: Note) -> Facts:
    language = note.language or "en"
    years = note.on.year - first.year
    told = years_in_words(years, language)
    day = day_in_words(first.month, first.day, language)
    return Facts(
        {"anniversary": {"years": told, "year": years, "day": day}},
        why=f"{years_in_words(years, 'en')} since the first order, of {first}",
    )
