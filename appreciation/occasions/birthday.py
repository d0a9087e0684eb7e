"""A customer's own birthday, once a year."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, cast, select, true
from sqlalchemy.orm import Session

from appreciation.config.sections import OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note, SpecialDate


class Birthday:
    """Found by month and day; the occurrence is the local year."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {"birthday": {"day": "12 April"}}
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
                about=SpecialDate.id.expression,
                known_at=SpecialDate.created_at.expression,
            )
            .join(
                SpecialDate,
                and_(
                    SpecialDate.customer_id == Customer.id,
                    SpecialDate.kind == "birthday",
                    SpecialDate.whose == "",
                ),
            )
            .join(calendar, and_(SpecialDate.month_day == calendar.c.month_day, lives_by(calendar)))
            # Said twice, so that the index on the days leads and not the customers.
            .where(SpecialDate.month_day.in_(select(calendar.c.month_day)))
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        days = dict(
            session.execute(
                select(SpecialDate.id, SpecialDate.month_day).where(
                    SpecialDate.id.in_([note.about_id for note in notes])
                )
            ).all()
        )
        return {
            note.id: _facts(days[note.about_id], note.language or "en")
            for note in notes
            if note.about_id in days
        }


def _facts(month_day: int, language: str) -> Facts:
    month, day = divmod(month_day, 100)
    in_words = day_in_words(month, day, language)
    return Facts({"birthday": {"day": in_words}}, why=f"birthday on {in_words}")
