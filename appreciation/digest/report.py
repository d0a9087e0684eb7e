"""What a digest has to tell, as plain values."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from appreciation.app import Appreciation
from appreciation.dates import utc_text
from appreciation.outlook.coming import Coming, coming
from appreciation.store import digests, rests
from appreciation.store.digests import Some
from appreciation.store.tables import Digest, DigestState, Note

T = TypeVar("T")

# So many of each sort are named; of the others the number is told.
NAMED = 10
PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Line:
    """One note: to whom, about what, and why it is where it is, where there is a reason.

    ``note_id`` is None for what will be found only.
    """

    customer: str
    about: str
    reason: str = ""
    due_on: date | None = None
    note_id: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Notes of one sort: how many, and the first of them."""

    count: int
    named: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to tell of the time from ``since`` to ``until``, and of the days to come."""

    since: datetime
    until: datetime
    days_ahead: int
    went: Part
    waits: Part
    in_doubt: Part
    failed: Part
    blocked: Part
    held: Part
    skipped: Part
    next: Part
    # Why nothing at all leaves, or not by one way.
    stopped: Sequence[str]
    # What became of the digest before, where the owner may lack it.
    before: str = ""
    # Every note behind ``skipped``, also those that are not named.
    skipped_ids: Sequence[int] = ()

    @property
    def parts(self) -> dict[str, Part]:
        """The sorts by name, in the order in which an owner wants to read them."""
        return {
            "waits": self.waits,
            "in_doubt": self.in_doubt,
            "failed": self.failed,
            "blocked": self.blocked,
            "went": self.went,
            "skipped": self.skipped,
            "held": self.held,
            "next": self.next,
        }

    def shape(self) -> dict[str, Any]:
        """Return the report as JSON; moments in UTC."""
        return {
            "since_at": utc_text(self.since),
            "until_at": utc_text(self.until),
            "days_ahead": self.days_ahead,
            **{name: _part_shape(part) for name, part in self.parts.items()},
            "stopped": list(self.stopped),
            "before": self.before or None,
        }


def _part_shape(part: Part) -> dict[str, Any]:
    named = [
        {
            "note_id": line.note_id,
            "customer": line.customer,
            "about": line.about,
            "reason": line.reason or None,
            "due_on": line.due_on and str(line.due_on),
        }
        for line in part.named
    ]
    return {"count": part.count, "named": named}


def report(app: Appreciation, since: datetime, now: datetime, before: Digest | None) -> Report:
    """Return what there is to tell of the time after ``since`` and up to ``now``."""
    today = app.today(now)
    days = PERIODS.get(app.config.digest.every, PERIODS["daily"]).days

    def line(note: Note, reason: str | None = None) -> Line:
        about = note.why or f"{note.occasion} {note.occurrence}"
        why = note.reason if reason is None else reason
        return Line(note.customer.name, about, why or "", app.today(note.due_at), note.id)

    with app.store.reading() as session:
        untold = digests.skipped(session, since)
        held_count, held = digests.held(session, today, NAMED)
        resting = rests.resting(session, now).values()
        return Report(
            since=since,
            until=now,
            days_ahead=days,
            went=_part(digests.left(session, since, now, NAMED), _without_reason(line)),
            waits=_part(digests.waiting(session, today, NAMED), line),
            in_doubt=_part(digests.in_doubt(session, NAMED), line),
            failed=_part(digests.failed(session, since, NAMED), line),
            blocked=_part(digests.blocked(session, NAMED), line),
            held=Part(held_count, [line(note, why) for note, why in held]),
            skipped=Part(
                len(untold), [line(note) for note in digests.notes(session, untold[:NAMED])]
            ),
            next=_next(coming(app, days), now),
            stopped=[f"{rest.backend} rests: {rest.why}" for rest in resting],
            before=_before(before),
            skipped_ids=untold,
        )


def _part(some: Some, line: Callable[[Note], Line]) -> Part:
    return Part(some.count, [line(note) for note in some.notes])


def _without_reason(line: Callable[[Note, str], Line]) -> Callable[[Note], Line]:
    return lambda note: line(note, "")


def _next(rows: Iterable[Coming], now: datetime) -> Part:
    """Return what falls due from now on; what is late or held back by now stands elsewhere."""
    ahead = [row for row in rows if row.due_at > now and row.held is None]
    named = [
        Line(row.customer, f"{row.occasion} by {row.backend}", due_on=row.due_on)
        for row in ahead[:NAMED]
    ]
    return Part(len(ahead), named)


def _before(digest: Digest | None) -> str:
    match digest and digest.state:
        case DigestState.IN_DOUBT:
            return f"You may not have got the digest of {digest.day}."  # type: ignore[union-attr]
        case DigestState.FAILED:
            return f"The digest of {digest.day} did not leave: {digest.said}."  # type: ignore[union-attr]
        case _:
            return ""
