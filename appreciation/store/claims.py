"""Claims, intents and outcomes: the few transactions that make a note leave once.

Every one is a compare and swap. A claim gives a note to one worker for the
length of its lease; each later write carries the claim's token, so a worker
that lost its lease changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import (
    BindParameter,
    Executable,
    Integer,
    Select,
    Update,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Load, Session, joinedload, load_only

from appreciation.store.gate import address_of_channel, held_back
from appreciation.store.instance import on_hold
from appreciation.store.recording import Link
from appreciation.store.tables import (
    Attempt,
    Base,
    Customer,
    Note,
    NoteState,
    Worker,
)

T = TypeVar("T")

# Later than any note may be.
ANY_TIME = datetime.max.replace(tzinfo=UTC)
LEASE = timedelta(minutes=5)
# A body is never begun with less of the lease left than it may take to send it.
BEGIN_BEFORE = timedelta(minutes=1)
# A server may take ten minutes to answer a body.
UNDER_WAY = timedelta(minutes=15)
NOBODYS = {
    "state": NoteState.APPROVED,
    "worker_id": None,
    "lease_token": None,
    "lease_until": None,
}


_notes, _attempts = (Base.metadata.tables[row.__tablename__] for row in (Note, Attempt))


def _held(*states: NoteState) -> Update:
    return update(_notes).where(
        _notes.c.id == bindparam("held_id"),
        _notes.c.lease_token == bindparam("held_by"),
        or_(*(_notes.c.state == state for state in states)),
    )


# What a letter needs, and no more: reading a moment back costs as much as a letter's words.
_OF_A_LETTER = Load(Note).options(
    load_only(
        *(Note.id, Note.backend, Note.lease_token, Note.recipient, Note.subject, Note.body),
        *(Note.language, Note.message_id, Note.why, Note.batch_id, Note.sequence),
        *(Note.occasion, Note.look, Note.addressee),
    ),
    joinedload(Note.customer, innerjoin=True).load_only(
        Customer.name, Customer.envelope_name, Customer.kind, Customer.country
    ),
)

_CLAIM = (
    update(_notes)
    .where(_notes.c.id.in_(bindparam("ids", expanding=True)), _notes.c.state == NoteState.APPROVED)
    .values(state=NoteState.CLAIMED, reason=None)
)
_CLAIMED = (
    select(Note)
    .where(Note.id.in_(bindparam("ids", expanding=True)), Note.lease_token == bindparam("token"))
    .order_by(Note.try_at, Note.id)
    .options(_OF_A_LETTER)
)

# What is asked for each note that leaves. Made once, of tables and not of rows: as rows these
# took four times as long as the mail server does.
_BEGIN = (
    _held(NoteState.CLAIMED)
    .where(_notes.c.lease_until > bindparam("held_until"))
    .values(state=NoteState.SENDING, lease_until=bindparam("until"))
)
_TRIED = insert(_attempts).inline()
_FINISH = _held(NoteState.CLAIMED, NoteState.SENDING).values(
    try_at=func.coalesce(bindparam("again_at", type_=_notes.c.try_at.type), _notes.c.try_at),
    worker_id=None,
    lease_token=None,
    lease_until=None,
)
_RELEASE = _held(NoteState.CLAIMED, NoteState.SENDING).values(NOBODYS)


def claim(
    session: Session,
    worker: Worker,
    backend: str,
    token: str,
    *,
    limit: int,
    until: datetime,
    now: datetime,
    today: date,
    late_by: datetime = ANY_TIME,
) -> Sequence[Note]:
    """Give up to ``limit`` notes for ``backend`` to ``worker``; return them, first due first.

    Whoever writes about them later shows the ``token``, which is new for each claim.

    Only what is approved, due by ``until``, not too late, still goes to the approved
    address, and is to a customer whom nothing holds back; and that would be late, or
    too late, by ``late_by``.
    """
    asked = {"backend": backend, "until": until, "now": now, "today": today, "limit": limit}
    asked["late_by"] = late_by
    ids = session.scalars(_IDS, asked).all()
    if not ids:
        return []
    leased = {"ids": ids, "worker_id": worker.id, "lease_token": token, "lease_until": now + LEASE}
    session.connection().execute(_CLAIM, leased)
    return session.scalars(_CLAIMED, {"ids": ids, "token": token}).all()


def claimable(
    session: Session,
    backend: str,
    now: datetime,
    today: date,
    *,
    until: datetime | None = None,
    late_by: datetime = ANY_TIME,
) -> int:
    """Return how many notes :func:`claim` could give out now."""
    due = _due(select(func.count(Note.id)), backend, until or now, now, today, late_by)
    return session.scalar(due) or 0


def _due(
    query: Select[T],
    backend: str | BindParameter[str],
    until: datetime | BindParameter[datetime],
    now: datetime | BindParameter[datetime],
    today: date | BindParameter[date],
    late_by: datetime | BindParameter[datetime],
) -> Select[T]:
    return query.join(Customer, Customer.id == Note.customer_id).where(
        Note.state == NoteState.APPROVED,
        Note.try_at <= until,
        Note.expires_at > now,
        or_(Note.belated, Note.on_time_until > now),
        case((Note.belated, Note.expires_at), else_=Note.on_time_until) <= late_by,
        Note.backend == backend,
        Note.recipient == address_of_channel(),
        held_back(today).is_(None),
        ~on_hold(),
    )


# Put together once: that takes as long as asking it.
_IDS = (
    _due(
        select(Note.id),
        bindparam("backend"),
        bindparam("until"),
        bindparam("now"),
        bindparam("today"),
        bindparam("late_by"),
    )
    .order_by(Note.try_at, Note.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, of=Note)
)


def begin(link: Link, note: Note, now: datetime) -> bool:
    """Record that ``note`` passes the point of no return; False where the claim is lost."""
    held = {"held_until": now + BEGIN_BEFORE, "until": now + UNDER_WAY}
    return _changed_one(link, _BEGIN, note, held)


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended: its word, the state it leaves the note in, and what the world said.

    With ``again_at`` the note is tried then and not before.
    """

    outcome: str
    state: NoteState
    said: str
    again_at: datetime | None = None


def finish(link: Link, note: Note, end: Ending, began_at: datetime, now: datetime) -> bool:
    """Record how the attempt at ``note`` ended; False where the claim was lost meanwhile."""
    done = end.state in (NoteState.SENT, NoteState.PRINTED)
    became = {
        "state": end.state,
        "reason": None if done else end.said,
        "sent_at": now if done else None,
        "again_at": end.again_at,
    }
    if not _changed_one(link, _FINISH, note, became):
        return False
    tried = {
        "note_id": note.id,
        "token": note.lease_token,
        "backend": note.backend,
        "began_at": began_at,
        "ended_at": now,
        "outcome": end.outcome,
        "said": end.said,
    }
    link.execute(_TRIED, tried)
    return True


def release(link: Link, note: Note) -> None:
    """Give ``note`` back as if nobody had taken it: whoever has it knows that it has not left."""
    _changed_one(link, _RELEASE, note, {})


def release_all(session: Session, tokens: Collection[str]) -> None:
    """Give back every note claimed by these ``tokens`` that was not begun."""
    claimed = update(Note).where(Note.lease_token.in_(tokens), Note.state == NoteState.CLAIMED)
    session.execute(claimed.values(NOBODYS).execution_options(synchronize_session=False))


def tries(session: Session, note: Note, outcome: str) -> int:
    """Return how often ``note`` was tried with this ``outcome``."""
    tried = select(Attempt.id).where(Attempt.note_id == note.id, Attempt.outcome == outcome)
    return len(session.scalars(tried).all())


def _changed_one(
    link: Link, statement: Executable, note: Note, values: Mapping[str, object]
) -> bool:
    held = {"held_id": note.id, "held_by": note.lease_token}
    result = link.execute(statement, {**held, **values})
    return result.rowcount == 1


def due_count(session: Session, backend: str, now: datetime) -> int:
    """Return how many approved notes are due for ``backend``, at most; some may be held back."""
    due = select(func.count()).where(
        Note.state == NoteState.APPROVED, Note.try_at <= now, Note.backend == backend
    )
    return session.scalar(due) or 0


def approved_since(session: Session, backend: str, since: datetime) -> bool:
    """Return whether a person has approved a note for ``backend`` since then that is to leave."""
    by_a_person = Note.approved_at > func.coalesce(Note.drafted_at, since)
    lately = (Note.state == NoteState.APPROVED, Note.backend == backend, Note.approved_at > since)
    return session.scalar(select(Note.id).where(*lately, by_a_person).limit(1)) is not None


def next_try_at(session: Session, now: datetime) -> datetime | None:
    """Return the earliest moment after ``now`` at which an approved note is due, or None."""
    return session.scalar(
        select(Note.try_at)
        .where(Note.state == NoteState.APPROVED, Note.try_at > now)
        .order_by(Note.try_at)
        .limit(1)
    )
