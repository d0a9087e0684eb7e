"""Other yearly days: of someone close to a customer, or of their own but for the birthday."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    case,
    cast,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from appreciation.config.occasions import DateSettings, OccasionSettings
from appreciation.dates import day_in_words, years_in_words
from appreciation.occasions.base import Facts, comes_round, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Kind, Note, SpecialDate

# What people and address books call the day of a wedding.
WEDDINGS = (
    *("wedding", "wedding day", "wedding anniversary", "anniversary", "marriage"),
    *("hochzeit", "hochzeitstag", "mariage", "anniversaire de mariage", "boda"),
    *("aniversario de boda", "matrimonio", "anniversario di matrimonio", "casamento"),
    *("aniversário de casamento", "huwelijk", "trouwdag"),
)
# Who somebody is to a customer, not what they are called.
_RELATIONS = frozenset(
    [
        "daughter",
        "son",
        "wife",
        "husband",
        "partner",
        "spouse",
        "mother",
        "father",
        "mum",
        "mom",
        "dad",
        "sister",
        "brother",
        "child",
        "kid",
        "grandma",
        "grandpa",
        "granddaughter",
        "grandson",
        "grandmother",
        "grandfather",
        "friend",
        "aunt",
        "uncle",
        "niece",
        "nephew",
        "tochter",
        "sohn",
        "frau",
        "mann",
        "mutter",
        "vater",
        "mama",
        "papa",
        "schwester",
        "bruder",
        "kind",
        "oma",
        "opa",
        "enkel",
        "enkelin",
        "freund",
        "freundin",
        "partnerin",
        "tante",
        "onkel",
        "nichte",
        "neffe",
        "fille",
        "fils",
        "femme",
        "mari",
        "mère",
        "père",
        "sœur",
        "frère",
        "enfant",
        "ami",
        "amie",
        "compagne",
        "compagnon",
        "hija",
        "hijo",
        "mujer",
        "esposa",
        "esposo",
        "marido",
        "madre",
        "padre",
        "hermana",
        "hermano",
        "amiga",
        "amigo",
        "pareja",
        "figlia",
        "figlio",
        "moglie",
        "marito",
        "sorella",
        "fratello",
        "amica",
        "amico",
        "compagna",
        "compagno",
        "filha",
        "filho",
        "mulher",
        "mãe",
        "pai",
        "irmã",
        "irmão",
        "dochter",
        "zoon",
        "vrouw",
        "man",
        "moeder",
        "vader",
        "zus",
        "broer",
        "vriend",
        "vriendin",
    ]
)


class DateOccasion:
    """Found by month and day; the occurrence is the local year, which day, and whose."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "date": {
            "kind": "birthday",
            "whose": "daughter Mia",
            "name": "Mia",
            "day": "12 April",
            "years": "ten years",
        }
    }
    variants: ClassVar[Sequence[str]] = ("birthday", "wedding", "other")
    consumes: ClassVar[type[Base] | None] = None

    def __init__(self, settings: OccasionSettings) -> None:
        assert isinstance(settings, DateSettings)
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:  # noqa: ARG002 - nothing is consumed
        return true()

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:  # noqa: ARG002
        year = cast(calendar.c.year, String)
        return (
            found(
                occurrence=year + " " + SpecialDate.kind + " " + SpecialDate.whose,
                about=SpecialDate.id.expression,
                known_at=SpecialDate.created_at.expression,
                variant=_variant(),
            )
            .join(SpecialDate, SpecialDate.customer_id == Customer.id)
            .join(
                calendar,
                and_(
                    comes_round(calendar, SpecialDate.month_day, SpecialDate.leap_day),
                    lives_by(calendar),
                ),
            )
            .where(
                # Word for word what the index of these days is made for.
                or_(
                    SpecialDate.kind != literal_column("'birthday'"),
                    SpecialDate.whose != literal_column("''"),
                ),
                SpecialDate.month_day.in_(select(calendar.c.month_day)),
                # Of which only the month is known is for the owner to look at.
                SpecialDate.month_day % 100 != 0,
                # The day itself is no anniversary of it.
                or_(SpecialDate.year.is_(None), SpecialDate.year < calendar.c.year),
            )
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        ids = [note.about_id for note in notes]
        days = {
            special.id: special
            for special in session.scalars(select(SpecialDate).where(SpecialDate.id.in_(ids)))
        }
        return {
            note.id: self._facts(days[note.about_id], note)
            for note in notes
            if note.about_id in days
        }

    def _facts(self, special: SpecialDate, note: Note) -> Facts:
        language = note.language or "en"
        month, day = divmod(special.month_day, 100)
        in_words = day_in_words(month, day, language)
        years = None
        if self.settings.tell_years and note.variant == "wedding" and special.year is not None:
            years = years_in_words(note.on.year - special.year, language)
        words = {
            "kind": special.kind,
            "whose": special.whose or None,
            "name": name_in(special.whose),
            "day": in_words,
            "years": years,
        }
        of_whom = f" of {special.whose}" if special.whose else ""
        return Facts({"date": words}, why=f"{special.kind}{of_whom} on {in_words}")


def name_in(whose: str) -> str | None:
    """Return what someone close is called: ``Mia`` of "daughter Mia", None of "her mother"."""
    words = [word for word in whose.split() if word.casefold() not in _RELATIONS]
    named = [word for word in words if word[:1].isupper()]
    return " ".join(words) if words and len(named) == len(words) else None


def _variant() -> ColumnElement[str]:
    """Return as what a day is written about; what a word of the owner's own means, nobody knows."""
    own_wedding = and_(
        SpecialDate.kind.in_(WEDDINGS), SpecialDate.whose == "", Customer.kind != Kind.COMPANY
    )
    return case(
        (SpecialDate.kind == "birthday", "birthday"), (own_wedding, "wedding"), else_="other"
    )
