"""How it goes: whether the daemon lives, what it did, what is next, what needs a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from appreciation.app import Appreciation
from appreciation.dates import moment, utc_text
from appreciation.occasions.due import print_day_before
from appreciation.store import notes, rests, workers
from appreciation.store.tables import Instance, Note, Rest, Worker

# A daemon beats twice a minute; one that missed five beats is gone or stuck.
_ALIVE = timedelta(seconds=150)
_NEEDS = {
    "waiting": "appreciation note approve --all",
    "blocked": "appreciation note list --state blocked",
    "failed": "appreciation note list --state failed, then: note edit, retry [--by post] or skip",
    "in_doubt": "appreciation note list --state in_doubt, then: note settle",
    "suppressed": "appreciation note list, then: customer edit --email, or note retry --by post",
    "printed": "appreciation batch list, and once it is in the post: appreciation batch posted ID",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The cards of the next print ``day``; ``urgent`` ones would be late with the one after it."""

    day: date
    cards: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Status:
    """One look at the whole; ``next`` is the approved note that falls due first."""

    daemon: Worker | None
    alive: bool
    # The one that did something last, maybe in a former life.
    last: Worker | None
    notes: Mapping[str, int]
    # Of those that wait, the ones that nothing holds back.
    to_approve: int
    # Emails that do not leave since mails to their address came back.
    suppressed: int
    next: Note | None
    resting: Sequence[Rest]
    batch: "Batch | None"
    # The store, where it may be a copy.
    held: Instance | None

    def needs_a_person(self) -> list[tuple[str, int, str]]:
        """Return what waits for the owner: a state, how many notes, what to type."""
        counts = {**self.notes, "waiting": self.to_approve, "suppressed": self.suppressed}
        return [(state, counts[state], mend) for state, mend in _NEEDS.items() if counts.get(state)]

    def shape(self) -> dict[str, Any]:
        """Return the look as JSON; moments in UTC."""
        coming = self.next
        return {
            "daemon": {"alive": self.alive, **_worker_shape(self.daemon, self.last)},
            "next": coming
            and {
                "note_id": coming.id,
                "customer": coming.customer.name,
                "occasion": coming.occasion,
                "due_at": utc_text(coming.due_at),
            },
            "needs_a_person": {state: count for state, count, _ in self.needs_a_person()},
            "batch": self.batch
            and {
                "day": str(self.batch.day),
                "cards": self.batch.cards,
                "urgent": self.batch.urgent,
            },
            "resting": [
                {"backend": rest.backend, "until_at": utc_text(rest.until_at), "why": rest.why}
                for rest in self.resting
            ],
            "held": self.held
            and {"since_at": utc_text(self.held.held_at), "why": self.held.held_why},
            "notes": dict(self.notes),
        }


def _worker_shape(worker: Worker | None, last: Worker | None) -> dict[str, Any]:
    return {
        "started_at": worker and utc_text(worker.started_at),
        "beat_at": worker and utc_text(worker.beat_at),
        "did": last and last.did,
        "did_at": last and utc_text(last.did_at),
        "host": worker and worker.host,
        "process": worker and worker.process,
    }


def look(app: Appreciation) -> Status:
    """Return how it goes now."""
    now = app.clock()
    with app.store.reading() as session:
        daemons = workers.daemons(session)
        living = [
            each for each in daemons if not workers.is_dead(each) and each.beat_at > now - _ALIVE
        ]
        return Status(
            daemon=next(iter([*living, *daemons]), None),
            alive=bool(living),
            last=workers.last_to_do(session),
            notes=notes.counted(session),
            to_approve=notes.to_approve(session, app.today(now)),
            suppressed=notes.held_by_address(session, app.today(now)),
            next=notes.next_to_leave(session, app.today(now)),
            resting=list(rests.resting(session, now).values()),
            batch=_next_batch(session, app, now),
            held=app.on_hold(),
        )


def _next_batch(session: Session, app: Appreciation, now: datetime) -> Batch | None:
    """Return what is to be printed on the next print day, today included, or None for nothing."""
    rules, today = app.rules, app.today(now)
    week = timedelta(days=6)
    day = today if rules.print_day == "any" else print_day_before(today + week, rules.print_day)
    after = day + (timedelta(days=1) if rules.print_day == "any" else timedelta(days=7))
    day_ends = moment(day + timedelta(days=1), time(0), rules.timezone)
    cards = notes.cards_due(session, today, day_ends)
    too_late = moment(after, time(0), rules.timezone)
    urgent = sum(card.on_time_until <= too_late for card in cards)
    return Batch(day, len(cards), urgent) if cards else None
