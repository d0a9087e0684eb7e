"""What the rules are asked about: a customer on a day, and one occasion or occurrence on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appreciation.app import Appreciation
from appreciation.config.values import EVERYBODY
from appreciation.dates import local_day, moment
from appreciation.occasions.as_of import AsOf
from appreciation.occasions.base import Occasion
from appreciation.stages import finding
from appreciation.stages.finding import Finder
from appreciation.store import explaining
from appreciation.store.explaining import Event
from appreciation.store.tables import OPEN, Customer, Note

# So many events back are looked at.
_EVENTS = 20

# What an occasion tells its facts by.
_TOLD_BY = ("occurrence", "about_id", "variant", "on")

Row = Mapping[str, Any]


@dataclass
class Asked:
    """A customer on a day."""

    app: Appreciation
    session: Session
    customer: Customer
    on: date
    now: datetime
    # The occurrences that were asked for already: a year of days is dear.
    known_rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The shop's day."""
        return self.app.today(self.now)

    @property
    def tense(self) -> str:
        """Whether the day is past, today or future."""
        if self.on < self.today:
            return "past"
        return "today" if self.on == self.today else "future"

    @property
    def is_past(self) -> bool:
        """Whether only what was recorded can tell."""
        return self.on < self.today

    @property
    def zone(self) -> str:
        """The zone that the customer lives by."""
        return self.customer.timezone or self.app.config.business.timezone

    def day_of(self, at: datetime) -> date:
        """Return which day ``at`` is for the shop."""
        return self.app.today(at)

    def clock(self, at: datetime) -> str:
        """Return ``at`` as the customer's clock shows it."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%a %d %b %Y %H:%M}"

    @cached_property
    def coming(self) -> Sequence[Row]:
        """What is not noted yet of every occasion, up to the end of the day's month and beyond."""
        until = moment(max(self.on, self.today), time(0), self.zone) + timedelta(days=31)
        app = self.app
        return finding.upcoming(
            self.session, app.finders, app.rules, until, self.now, [self.customer.id]
        )

    @cached_property
    def silenced(self) -> str | None:
        """Why nobody may write to the customer on that day, as the gate has it."""
        return explaining.silenced(self.session, self.customer, self.on)

    @cached_property
    def ways(self) -> Mapping[str, bool]:
        """By which channels the customer can be reached on that day, as the gate has it."""
        return explaining.ways(self.session, self.customer, self.on)


@dataclass
class Matter:
    """One occasion on one day: an occurrence that falls on it, its note, or neither."""

    asked: Asked
    finder: Finder
    row: Row | None = None
    note: Note | None = None
    # Where none falls on the day: the next that will.
    next: Row | None = None

    @property
    def settings(self) -> Any:
        """How the owner wants this occasion."""
        return self.finder.settings

    @cached_property
    def about(self) -> str:
        """What it is about, in words: "birthday on 12 April"; the occasion where nothing is."""
        if self.note is not None and self.note.why:
            return self.note.why
        known = self.row
        if self.note is not None:
            known = {name: getattr(self.note, name) for name in _TOLD_BY}
        if known is None:
            return self.finder.name
        return in_words(self.asked, self.finder, [known]).get(0, self.finder.name)

    @cached_property
    def is_within_cooldown(self) -> bool:
        """Whether finding would leave it out since another note of its kind is too near."""
        if self.row is None or not self.settings.cooldown or self.asked.is_past:
            return False
        rows = occurrences(
            self.asked, self.finder, self.row["due_at"], cooldown=self.settings.cooldown
        )
        return self.row["occurrence"] not in {row["occurrence"] for row in rows}

    @cached_property
    def events(self) -> Sequence[Event]:
        """The customer's latest events of this kind; none for a day that comes round."""
        table = self.finder.occasion.consumes
        if table is None:
            return []
        asked = self.asked
        return explaining.events(asked.session, table, asked.customer, self.finder.name, _EVENTS)


def matters(asked: Asked, finder: Finder, ahead: timedelta) -> list[Matter]:
    """Return what ``finder`` has on the day: each note and occurrence, or one that is neither.

    A note belongs to a day by what it is about as well as by when it is due;
    one that is due and has not left belongs to today.
    ``ahead`` is how far the next occurrence is looked for.
    """
    noted = explaining.notes_of(asked.session, asked.customer, finder.name)
    mine = [
        note for note in noted if _is_of(asked, note.on, note.due_at, is_open=note.state in OPEN)
    ]
    rows = _rows_once(asked, finder, ahead)
    falling = [row for row in rows if _is_of(asked, row["on"], row["due_at"], is_open=True)]
    found = [Matter(asked, finder, note=note) for note in mine]
    found += [Matter(asked, finder, row=row) for row in falling]
    later = [row for row in rows if row["on"] > asked.on]
    return found or [Matter(asked, finder, next=min(later, key=_by_day, default=None))]


def next_day(asked: Asked, finder: Finder, ahead: timedelta) -> date | None:
    """Return the next day after today on which ``finder`` falls, or a note of it does."""
    noted = explaining.notes_of(asked.session, asked.customer, finder.name)
    days = [note.on for note in noted if note.on > asked.on]
    days += [row["on"] for row in _rows_once(asked, finder, ahead) if row["on"] > asked.on]
    return min(days, default=None)


def _rows_once(asked: Asked, finder: Finder, ahead: timedelta) -> list[Row]:
    if finder.name not in asked.known_rows:
        asked.known_rows[finder.name] = _rows(asked, finder, ahead)
    return asked.known_rows[finder.name]


def _rows(asked: Asked, finder: Finder, ahead: timedelta) -> list[Row]:
    """Return the occurrences without a note that fall on the day, or after it up to ``ahead``."""
    if not asked.is_past:
        # A thank-you falls due days after what it is for.
        until = moment(asked.on, time(0), asked.zone) + max(ahead, _around(finder))
        return occurrences(asked, finder, until)
    begun = moment(asked.on, time(0), asked.zone)
    until, since = begun + _around(finder), begun - _around(finder)
    rows = occurrences(asked, finder, until, now=since)
    if finder.occasion.consumes is not None:
        for stamp in Matter(asked, finder).events:
            if stamp.considered_at is not None and stamp.note_id is None:
                at = stamp.considered_at
                rows += occurrences(asked, finder, until, now=since, considered_at=at)
    return rows


def occurrences(
    asked: Asked,
    finder: Finder,
    until: datetime,
    *,
    now: datetime | None = None,
    considered_at: datetime | None = None,
    cooldown: int = 0,
) -> list[Row]:
    """Return what finding itself would find for the customer up to ``until``, not noted yet.

    Asked as if the occasion were switched on and for everybody: those are rules of their own.
    """
    wider = {"enabled": True, "to": EVERYBODY, "cooldown": cooldown}
    occasion = finder.occasion
    if considered_at is not None:
        occasion = cast("Occasion", AsOf(occasion, considered_at))
    one = Finder(finder.name, occasion, finder.settings.model_copy(update=wider))
    rules, who = asked.app.rules, [asked.customer.id]
    return list(finding.upcoming(asked.session, [one], rules, until, now or asked.now, who))


def in_words(asked: Asked, finder: Finder, rows: Sequence[Row]) -> dict[int, str]:
    """Return what each of ``rows`` is about, by its place; one whose event is gone is left out."""
    notes = [
        Note(
            id=place,
            customer_id=asked.customer.id,
            occasion=finder.name,
            occurrence=row.get("occurrence", ""),
            about_id=row["about_id"],
            variant=row.get("variant", ""),
            on=row.get("on", asked.on),
            language=asked.app.config.business.language,
        )
        for place, row in enumerate(rows)
    ]
    known = finder.occasion.facts(asked.session, notes)
    return {place: facts.why for place, facts in known.items()}


def _around(finder: Finder) -> timedelta:
    """Return how far from its day a note of ``finder`` may fall due, and then some."""
    settings = finder.settings
    return timedelta(days=settings.delay + settings.lead + settings.belated_until + 8)


def _is_of(asked: Asked, on: date, due_at: datetime, *, is_open: bool) -> bool:
    days = on, asked.day_of(due_at), local_day(due_at, asked.zone)
    return asked.on in days or (is_open and asked.tense == "today" and max(days) < asked.on)


def _by_day(row: Row) -> date:
    on: date = row["on"]
    return on
