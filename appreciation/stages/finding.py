"""Finding: which occurrences there are, each kept once and for ever.

One ``INSERT .. SELECT .. ON CONFLICT`` per occasion, never a loop over
customers. It may be repeated, killed and run late: the unique key keeps an
occurrence from coming twice, and what was missed meanwhile is told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, false, literal, null, or_
from sqlalchemy.orm import Session

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import days_between, local_day
from appreciation.occasions.base import Occasion
from appreciation.occasions.due import Rules, calendar_days
from appreciation.store import planning, valuing
from appreciation.store.calendar import Day, laid_out
from appreciation.store.columns import Moment, Rows
from appreciation.store.gate import can_be_reached
from appreciation.store.tables import NoteState

# Somewhere it is tomorrow already, or yesterday still.
_ZONES_APART = timedelta(days=1)
# A card may leave with the batch of up to a week before.
_A_WEEK = timedelta(days=7)
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
) -> Counter[str]:
    """Insert a note for each new occurrence; count found, and of them skipped: missed.

    All is in the caller's transaction: the events that were looked at and the
    notes that came of it are committed together, or neither. An occasion that
    is switched off is forgotten, so that nothing counts as missed when it is
    switched on again.
    """
    zones = planning.zones(session)
    wanted = [finder for finder in finders if finder.settings.enabled]
    planning.forget_all_but(session, [finder.name for finder in wanted])
    each = (_find_one(session, finder, rules, zones, now) for finder in wanted)
    return sum(each, Counter[str]())


def _find_one(
    session: Session,
    finder: Finder,
    rules: Rules,
    zones: Sequence[str],
    now: datetime,
) -> Counter[str]:
    looked_at = min(planning.planned_through(session, finder.name) or now, now)
    days = _window(finder, rules, looked_at, _last_day(finder, rules, now))
    if finder.occasion.consumes is not None:
        # Marked first, then selected by the mark: a row that another process
        # commits meanwhile is neither lost nor looked at twice.
        planning.mark_considered(
            session, finder.occasion.consumes, finder.occasion.ready(days[-1]), now
        )
    rows = [
        row
        for row in _calendar(finder, rules, zones, days, now)
        # What had expired at the last look was told then.
        if row.expires_at > looked_at and row.due_at <= _horizon(finder, now)
    ]
    with laid_out(session, rows) as table:
        notes = _notes(finder, table, rules, now, considered_at=now)
        counts = planning.insert_notes(session, notes, finder.name, now)
    planning.set_planned_through(session, finder.name, now)
    return counts


def upcoming(
    session: Session,
    finders: Sequence[Finder],
    rules: Rules,
    until: datetime,
    now: datetime,
) -> list[Mapping[str, Any]]:
    """Return what is not noted yet and falls due up to ``until``, inclusive; writes nothing."""
    zones = planning.zones(session)
    rows: list[Mapping[str, Any]] = []
    for finder in finders:
        if not finder.settings.enabled:
            continue
        last = local_day(until, rules.timezone) + _margin(finder)
        days = list(_calendar(finder, rules, zones, _window(finder, rules, now, last), now))
        with laid_out(session, days) as table:
            notes = _notes(finder, table, rules, now, considered_at=None)
            due = notes.where(
                notes.selected_columns.due_at <= until, notes.selected_columns.expires_at > now
            )
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
    finder: Finder, rules: Rules, zones: Sequence[str], days: Sequence[date], now: datetime
) -> Iterator[Day]:
    comes_round = finder.occasion.consumes is None
    return calendar_days(finder.settings, rules, zones, days, now, comes_round=comes_round)


def _last_day(finder: Finder, rules: Rules, now: datetime) -> date:
    today = local_day(now, rules.timezone)
    if finder.occasion.consumes is not None:
        return today + _ZONES_APART
    return today + timedelta(days=finder.settings.ahead) + _margin(finder)


def _horizon(finder: Finder, now: datetime) -> datetime:
    """Return up to when a note must fall due to be written now; an event is looked at just once."""
    ahead = timedelta(days=finder.settings.ahead)
    return now + ahead if finder.occasion.consumes is None else datetime.max.replace(tzinfo=UTC)


def _margin(finder: Finder) -> timedelta:
    return timedelta(days=finder.settings.lead) + _A_WEEK


def _window(finder: Finder, rules: Rules, looked_at: datetime, last: date) -> list[date]:
    """Return the days, up to ``last``, whose notes may still matter since ``looked_at``."""
    back = timedelta(days=finder.settings.delay + finder.settings.belated_until) + _ZONES_APART
    return list(days_between(local_day(looked_at, rules.timezone) - back, last))


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
        channel == _channel(finder.settings),
        or_(expires_at > now, known_at < expires_at),
        valuing.belongs(finder.settings.to),
    )


def _channel(settings: OccasionSettings) -> ColumnElement[str]:
    """Return the first channel of the owner's wish by which the customer can be reached."""
    reached = can_be_reached()
    dear = and_(valuing.belongs(settings.card_to), reached["post"])
    return case(
        (dear, "post"),
        *((reached[channel], channel) for channel in settings.wishes),
        else_=settings.wishes[0],
    )
