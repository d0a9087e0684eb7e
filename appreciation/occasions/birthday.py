"""A customer's own birthday, once a year."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, cast, select, true
from sqlalchemy.orm import Session

from appreciation.config.occasions import BirthdaySettings, OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note, SpecialDate


class Birthday:
    """Found by month and day; the occurrence is the local year."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "birthday": {"day": "12 April", "age": "40"}
    }
    variants: ClassVar[Sequence[str]] = ()
    consumes: ClassVar[type[Base] | None] = None
    one_per_home: ClassVar[bool] = False

    def __init__(self, settings: OccasionSettings) -> None:
        assert isinstance(settings, BirthdaySettings)
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
        ids = [note.about_id for note in notes]
        days = {
            special.id: special
            for special in session.scalars(select(SpecialDate).where(SpecialDate.id.in_(ids)))
        }
        return {
            note.id: _facts(days[note.about_id], note, tell_age=self.settings.tell_age)
            for note in notes
            if note.about_id in days
        }


def _facts(special: SpecialDate, note: Note, *, tell_age: bool) -> Facts:
    from babel.numbers import format_decimal

    language = note.language or "en"
    month, day = divmod(special.month_day, 100)
    in_words = day_in_words(month, day, language)
    age = None
    if tell_age and special.year is not None:
        years = note.on.year - special.year
        age = format_decimal(years, locale=language.replace("-", "_")) if years > 0 else None
    return Facts({"birthday": {"day": in_words, "age": age}}, why=f"birthday on {in_words}")
