"""The owner's own days, to everybody of a country or a language: New Year, the opening day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Subquery,
    Table,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from appreciation.config.occasions import OccasionSettings, OwnDay, OwnDaySettings
from appreciation.dates import day_in_words, years_in_words
from appreciation.occasions.base import Facts, comes_round, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note

_NO_DAYS = (
    select(
        literal("").label("name"),
        literal(0).label("month_day"),
        literal(None, Integer).label("since"),
    )
    .where(false())
    .subquery("days")
)


class OwnDayOccasion:
    """Found for everybody whom a day is for.

    The occurrence is the day's name in the settings, and the local year.
    """

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "own_day": {"name": "new-year", "day": "1 January", "year": "2027", "years": "ten years"}
    }
    # Those that we ship words for.
    variants: ClassVar[Sequence[str]] = ("new-year", "opening-day")
    consumes: ClassVar[type[Base] | None] = None

    def __init__(self, settings: OccasionSettings) -> None:
        assert isinstance(settings, OwnDaySettings)
        self.settings = settings
        # Whoever names days asks for words about those.
        self.variants = tuple(settings.days) or self.variants  # type: ignore[misc]

    def ready(self, through: date) -> ColumnElement[bool]:  # noqa: ARG002 - nothing is consumed
        return true()

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:  # noqa: ARG002
        days = self._days()
        return (
            found(
                occurrence=days.c.name + "-" + cast(calendar.c.year, String),
                about=literal(0),
                known_at=Customer.created_at.expression,
                variant=days.c.name,
            )
            .join(calendar, lives_by(calendar))
            .join(days, comes_round(calendar, days.c.month_day))
            .where(
                or_(days.c.since.is_(None), days.c.since < calendar.c.year),
                or_(false(), *_is_for(self.settings, days)),
            )
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:  # noqa: ARG002
        return {
            note.id: _facts(note.variant, self.settings.days[note.variant], note)
            for note in notes
            if note.variant in self.settings.days
        }

    def _days(self) -> Subquery:
        """Return the days of the settings as rows."""
        rows = [
            select(
                literal(name).label("name"),
                literal(day.month_day).label("month_day"),
                literal(day.since, Integer).label("since"),
            )
            for name, day in self.settings.days.items()
        ]
        return union_all(*rows).subquery("days") if rows else _NO_DAYS


def _is_for(settings: OwnDaySettings, days: Subquery) -> Iterator[ColumnElement[bool]]:
    """Yield for each day whether a customer is one of those whom it is for."""
    language = func.coalesce(Customer.language, settings.home_language)
    country = func.upper(func.coalesce(Customer.country, settings.home_country))
    for name, day in settings.days.items():
        spoken = [
            or_(language == each, language.startswith(f"{each}-", autoescape=True))
            for each in day.languages
        ]
        yield and_(
            days.c.name == name,
            country.in_(day.countries) if day.countries else true(),
            or_(*spoken) if spoken else true(),
        )


def _facts(name: str, day: OwnDay, note: Note) -> Facts:
    language = note.language or "en"
    month, number = divmod(day.month_day, 100)
    in_words = day_in_words(month, number, language)
    years = None if day.since is None else years_in_words(note.on.year - day.since, language)
    words = {"name": name, "day": in_words, "year": str(note.on.year), "years": years}
    return Facts({"own_day": words}, why=f"{name} on {in_words}")
