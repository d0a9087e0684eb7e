"""Finding: which occurrences there are, each kept once and for ever.

One ``INSERT .. SELECT .. ON CONFLICT`` per occasion, never a loop over
customers. It may be repeated, killed and run late: the unique key keeps an
occurrence from coming twice, and what was missed meanwhile is told.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, false, literal, null, or_
from sqlalchemy.orm import Session

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import days_between, local_day
from appreciation.occasions.base import Occasion, falls_on, lives_by
from appreciation.occasions.due import Places, Rules, calendar_days
from appreciation.store import planning, valuing
from appreciation.store.calendar import Day, laid_out
from appreciation.store.columns import Moment, Rows
from appreciation.store.gate import can_be_reached
from appreciation.store.tables import Base, Customer, Note, NoteState

# Somewhere it is tomorrow already, or yesterday still.
_ZONES_APART = timedelta(days=1)
# A card may leave with the batch of up to a week before.
_A_WEEK = timedelta(days=7)
# A change may be committed some time after the moment that it bears.
_OVERLAP = timedelta(hours=1)
_MISSED = "too late: nobody was at work while it was due"


@dataclass(frozen=True, slots=True)
class Finder:
    """An occasion that is looked for: its name, its query, its settings."""

    name: str
    occasion: Occasion
    settings: OccasionSettings


def find(
    session: Session,
    finders: Sequence[Finder],
    rules: Rules,
    now: datetime,
    *,
    thorough: bool = True,
) -> Counter[str]:
    """Insert a note for each new occurrence; count found, and of them skipped: missed.

    All is in the caller's transaction: the events that were looked at and the
    notes that came of it are committed together, or neither. An occasion that
    is switched off is forgotten, so that nothing counts as missed when it is
    switched on again.

    A ``thorough`` look lays out every day that may still matter and moves what
    is open; it is due at a start, since settings may have changed, and comes by
    itself on each new day. In between only what newly comes into sight is
    looked at, and who changed: an idle look costs no more in a big shop.
    """
    wanted = [finder for finder in finders if finder.settings.enabled]
    news = _marked(session, wanted, rules, now)
    places = _places(session, wanted)
    looks = planning.last_looks(session)
    since = None if thorough else _last_look(session, wanted, looks, rules, now)
    changed = planning.changed_since(session, since - _OVERLAP) if since else None
    counts = Counter[str]()
    for finder in wanted:
        last = looks.get(finder.name)
        look = _Look(session, finder, rules, places, now, min(last or now, now))
        if changed is None or last is None:
            counts += look.thorough(news=news)
        else:
            counts += look.glance(changed, news=news)
    planning.remember_looks(session, [finder.name for finder in wanted], now)
    return counts


def _marked(
    session: Session, finders: Sequence[Finder], rules: Rules, now: datetime
) -> set[type[Base]]:
    """Mark every event that can be looked at now; return the tables that have any.

    Marked first, then selected by the mark: a row that another process commits
    meanwhile is neither lost nor looked at twice. Two occasions may look at the
    same rows.
    """
    news = set()
    for finder in finders:
        table = finder.occasion.consumes
        if table is not None:
            ready = finder.occasion.ready(_last_day(finder, rules, now))
            if planning.mark_considered(session, table, ready, now):
                news.add(table)
    return news


def _places(session: Session, finders: Sequence[Finder]) -> Places:
    """Return where customers are; in which countries, only where anybody gets a card."""
    cards = any("post" in finder.settings.channels for finder in finders)
    return Places(planning.zones(session), planning.countries(session) if cards else ())


def _last_look(
    session: Session,
    finders: Sequence[Finder],
    looks: Mapping[str, datetime],
    rules: Rules,
    now: datetime,
) -> datetime | None:
    """Return when all ``finders`` had been looked for, or None if a thorough look is due since."""
    last = min((looks[each.name] for each in finders if each.name in looks), default=None)
    if last is None or local_day(last, rules.timezone) != local_day(now, rules.timezone):
        return None
    stood_at = valuing.found_at(session)
    return None if stood_at is not None and stood_at >= last else last


@dataclass(frozen=True, slots=True)
class _Look:
    """One look for one occasion, the last of which was at ``looked_at``."""

    session: Session
    finder: Finder
    rules: Rules
    places: Places
    now: datetime
    looked_at: datetime

    def thorough(self, *, news: Collection[type[Base]]) -> Counter[str]:
        """Look at every day that may still matter."""
        if self.finder.occasion.consumes is None:
            return self._insert(self._in_sight())
        return self._events(self._in_sight(), None, news=news)

    def glance(self, changed: Sequence[int], *, news: Collection[type[Base]]) -> Counter[str]:
        """Look at what is new since the last look, and at the customers who ``changed``."""
        if self.finder.occasion.consumes is not None:
            nothing = not changed and self.finder.occasion.consumes not in news
            return Counter() if nothing else self._events(self._in_sight(), changed, news=news)
        counts = Counter[str]()
        if arrived := self._newly_in_sight():
            counts += self._insert(arrived)
        if changed:
            counts += self._insert(self._in_sight(), changed)
        return counts

    def _events(
        self,
        days: Sequence[Day],
        changed: Sequence[int] | None,
        *,
        news: Collection[type[Base]],
    ) -> Counter[str]:
        with laid_out(self.session, days) as table:
            if changed is None or changed:
                # An event is looked at once; what came of it follows its customer all the same.
                place = and_(lives_by(table), falls_on(table, Note.on))
                planning.move(self.session, table, place, self.finder.name, self.now, changed)
            if self.finder.occasion.consumes not in news:
                return Counter()
            return self._insert_from(table)

    def _insert(self, days: Sequence[Day], customers: Sequence[int] | None = None) -> Counter[str]:
        with laid_out(self.session, days) as table:
            return self._insert_from(table, customers)

    def _insert_from(self, table: Table, customers: Sequence[int] | None = None) -> Counter[str]:
        notes = _notes(self.finder, table, self.rules, self.now, considered_at=self.now)
        if customers is not None:
            notes = notes.where(Customer.id.in_(customers))
        return planning.insert_notes(self.session, notes, self.finder.name, self.now)

    def _in_sight(self) -> list[Day]:
        """Return what had not expired at the last look, when it would have been told."""
        last_day = _last_day(self.finder, self.rules, self.now)
        days = _window(self.finder, self.rules, self.looked_at, last_day)
        horizon = _horizon(self.finder, self.now)
        laid = self._laid_out(days)
        return [day for day in laid if day.expires_at > self.looked_at and day.due_at <= horizon]

    def _newly_in_sight(self) -> list[Day]:
        """Return what came over the horizon since the last look."""
        before, horizon = (_horizon(self.finder, at) for at in (self.looked_at, self.now))
        early = _ZONES_APART + timedelta(days=self.finder.settings.delay)
        first = local_day(before, self.rules.timezone) - early
        last = local_day(horizon, self.rules.timezone) + _margin(self.finder, self.rules)
        laid = self._laid_out(list(days_between(first, last)))
        return [day for day in laid if before < day.due_at <= horizon]

    def _laid_out(self, days: Sequence[date]) -> Iterator[Day]:
        return _calendar(self.finder, self.rules, self.places, days, self.now)


def upcoming(
    session: Session,
    finders: Sequence[Finder],
    rules: Rules,
    until: datetime,
    now: datetime,
    customers: Sequence[int] | None = None,
) -> list[Mapping[str, Any]]:
    """Return what is not noted yet and falls due up to ``until``, inclusive; writes nothing.

    Of the ``customers`` with these ids, or of everybody.
    """
    wanted = [finder for finder in finders if finder.settings.enabled]
    places = _places(session, wanted)
    rows: list[Mapping[str, Any]] = []
    for finder in wanted:
        last = local_day(until, rules.timezone) + _margin(finder, rules)
        window = _window(finder, rules, now, last)
        days = list(_calendar(finder, rules, places, window, now))
        with laid_out(session, days) as table:
            notes = _notes(finder, table, rules, now, considered_at=None)
            due = notes.where(
                notes.selected_columns.due_at <= until, notes.selected_columns.expires_at > now
            )
            if customers is not None:
                due = due.where(Customer.id.in_(customers))
            expected = planning.not_noted(session, due)
        rows += _rarely_enough(session, finder, expected)
    return rows


def _rarely_enough(
    session: Session, finder: Finder, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return ``rows`` without those that the cooldown would skip."""
    cooldown = timedelta(days=finder.settings.cooldown)
    if not cooldown or not rows:
        return list(rows)
    first = min(row["on"] for row in rows)
    noted = planning.days_noted(session, finder.name, first - cooldown)
    kept = []
    for row in sorted(rows, key=lambda row: (row["due_at"], row["about_id"])):
        days = noted.setdefault(row["customer_id"], [])
        if all(abs(row["on"] - day) >= cooldown for day in days):
            days.append(row["on"])
            kept.append(row)
    return kept


def _calendar(
    finder: Finder, rules: Rules, places: Places, days: Sequence[date], now: datetime
) -> Iterator[Day]:
    comes_round = finder.occasion.consumes is None
    return calendar_days(finder.settings, rules, places, days, now, comes_round=comes_round)


def _last_day(finder: Finder, rules: Rules, now: datetime) -> date:
    today = local_day(now, rules.timezone)
    if finder.occasion.consumes is not None:
        return today + _ZONES_APART
    return today + timedelta(days=finder.settings.ahead) + _margin(finder, rules)


def _horizon(finder: Finder, now: datetime) -> datetime:
    """Return up to when a note must fall due to be written now; an event is looked at just once."""
    ahead = timedelta(days=finder.settings.ahead)
    return now + ahead if finder.occasion.consumes is None else datetime.max.replace(tzinfo=UTC)


def _margin(finder: Finder, rules: Rules) -> timedelta:
    """Return how long before its day a note may be due: a card leaves early, on a print day."""
    if "post" not in finder.settings.channels:
        return _ZONES_APART
    return timedelta(days=finder.settings.lead) + rules.postal.longest() + _A_WEEK


def _window(finder: Finder, rules: Rules, looked_at: datetime, last: date) -> list[date]:
    """Return the days, up to ``last``, whose notes may still matter since ``looked_at``."""
    late = finder.settings.delay + finder.settings.belated_until
    back = timedelta(days=late) + _ZONES_APART
    first = local_day(looked_at, rules.timezone) - back
    if finder.occasion.consumes is None:
        # Whoever was born on some day of a month has the whole of it.
        first = min(first, first.replace(day=1))
    return list(days_between(first, last))


def _notes(
    finder: Finder,
    calendar: Table,
    rules: Rules,
    now: datetime,
    *,
    considered_at: datetime | None,
) -> Rows:
    """Return the columns of the notes to be, from the occasion's own query.

    What was too late already when the store learned of it is history and left
    out; what became too late since was missed, and comes as skipped.
    """
    query = finder.occasion.occurrences(calendar, considered_at)
    known_at = query.selected_columns.known_at
    channel, expires_at = calendar.c.channel, calendar.c.expires_at
    missed = expires_at <= now
    return query.add_columns(
        literal(finder.name).label("occasion"),
        calendar.c.day.label("on"),
        channel,
        case(rules.carriers, value=channel).label("backend"),
        calendar.c.due_at,
        calendar.c.due_at.label("try_at"),
        calendar.c.on_time_until,
        expires_at,
        case((missed, NoteState.SKIPPED.value), else_=NoteState.FOUND.value).label("state"),
        case((missed, _MISSED), else_=null()).label("reason"),
        literal(now, Moment).label("created_at"),
        false().label("belated"),
        false().label("edited"),
    ).where(
        channel == _channel(finder.settings, local_day(now, rules.timezone)),
        or_(expires_at > now, known_at < expires_at),
        valuing.belongs(finder.settings.to),
    )


def _channel(settings: OccasionSettings, today: date) -> ColumnElement[str]:
    """Return the first channel of the owner's wish by which the customer can be reached."""
    if len(settings.channels) == 1:
        return literal(settings.channels[0])
    reached = can_be_reached(today)
    dear = and_(valuing.belongs(settings.card_to), reached["post"])
    return case(
        (dear, "post"),
        *((reached[channel], channel) for channel in settings.wishes),
        else_=settings.wishes[0],
    )
