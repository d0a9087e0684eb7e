"""A customer's own birthday, once a year."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, case, cast, select, true
from sqlalchemy.orm import Session

from appreciation.config.occasions import BirthdaySettings, OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, comes_round, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note, SpecialDate


class Birthday:
    """Found by month and day; the occurrence is the local year.

    Of whom only the month is known gets the wording for that, on its first day.
    """

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "birthday": {"day": "12 April", "month": "April", "age": "40"}
    }
    variants: ClassVar[Sequence[str]] = ("day", "month")
    consumes: ClassVar[type[Base] | None] = None

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
                variant=case((SpecialDate.month_day % 100 == 0, "month"), else_="day"),
            )
            .join(
                SpecialDate,
                and_(
                    SpecialDate.customer_id == Customer.id,
                    SpecialDate.kind == "birthday",
                    SpecialDate.whose == "",
                ),
            )
            .join(
                calendar,
                and_(
                    comes_round(calendar, SpecialDate.month_day, SpecialDate.leap_day),
                    lives_by(calendar),
                ),
            )
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
    known = {"day": in_words if day else None, "month": day_in_words(month, 0, language)}
    age = None
    if tell_age and special.year is not None:
        years = note.on.year - special.year
        age = format_decimal(years, locale=language.replace("-", "_")) if years > 0 else None
    why = f"birthday {'on' if day else 'in'} {in_words}"
    return Facts({"birthday": {**known, "age": age}}, why)
