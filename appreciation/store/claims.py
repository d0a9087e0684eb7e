"""Claims, intents and outcomes: the few transactions that make a note leave once.

Every one is a compare and swap. A claim gives a note to one worker for the
length of its lease; each later write carries the claim's token, so a worker
that lost its lease changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Load, Session, joinedload, load_only

from appreciation.store.gate import address_of_channel, held_back
from appreciation.store.instance import on_hold
from appreciation.store.tables import (
    OPEN,
    Attempt,
    Base,
    Batch,
    Customer,
    Note,
    NoteState,
    Rest,
    Worker,
)

T = TypeVar("T")

LEASE = timedelta(minutes=5)
# A body is never begun with less of the lease left than it may take to send it.
BEGIN_BEFORE = timedelta(minutes=1)
# A server may take ten minutes to answer a body.
UNDER_WAY = timedelta(minutes=15)
# A greylisting server wants five minutes; after half a day there is no hurry left.
PAUSES = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240, 720))

_NOBODYS = {
    "state": NoteState.APPROVED,
    "worker_id": None,
    "lease_token": None,
    "lease_until": None,
}


_notes, _attempts, _rests = (
    Base.metadata.tables[row.__tablename__] for row in (Note, Attempt, Rest)
)


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
    ),
    joinedload(Note.customer, innerjoin=True).load_only(Customer.name, Customer.country),
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
_RELEASE = _held(NoteState.CLAIMED, NoteState.SENDING).values(_NOBODYS)
_WAKE = delete(_rests).where(_rests.c.backend == bindparam("awake"))


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
) -> Sequence[Note]:
    """Give up to ``limit`` notes for ``backend`` to ``worker``; return them, first due first.

    Whoever writes about them later shows the ``token``, which is new for each claim.

    Only what is approved, due by ``until``, not too late, still goes to the approved
    address, and is to a customer whom nothing holds back.
    """
    asked = {"backend": backend, "until": until, "now": now, "today": today, "limit": limit}
    ids = session.scalars(_IDS, asked).all()
    if not ids:
        return []
    leased = {"ids": ids, "worker_id": worker.id, "lease_token": token, "lease_until": now + LEASE}
    session.connection().execute(_CLAIM, leased)
    return session.scalars(_CLAIMED, {"ids": ids, "token": token}).all()


def claimable(session: Session, backend: str, now: datetime, today: date) -> int:
    """Return how many notes :func:`claim` could give out now."""
    return session.scalar(_due(select(func.count(Note.id)), backend, now, now, today)) or 0


def _due(
    query: Select[T],
    backend: str | BindParameter[str],
    until: datetime | BindParameter[datetime],
    now: datetime | BindParameter[datetime],
    today: date | BindParameter[date],
) -> Select[T]:
    return query.join(Customer, Customer.id == Note.customer_id).where(
        Note.state == NoteState.APPROVED,
        Note.try_at <= until,
        Note.expires_at > now,
        or_(Note.belated, Note.on_time_until > now),
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
    )
    .order_by(Note.try_at, Note.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True, of=Note)
)


def begin(connection: Connection, note: Note, now: datetime) -> bool:
    """Record that ``note`` passes the point of no return; False where the claim is lost."""
    held = {"held_until": now + BEGIN_BEFORE, "until": now + UNDER_WAY}
    return _changed_one(connection, _BEGIN, note, held)


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended: its word, the state it leaves the note in, and what the world said.

    With ``again_at`` the note is tried then and not before.
    """

    outcome: str
    state: NoteState
    said: str
    again_at: datetime | None = None


def finish(
    connection: Connection, note: Note, end: Ending, began_at: datetime, now: datetime
) -> bool:
    """Record how the attempt at ``note`` ended; False where the claim was lost meanwhile."""
    done = end.state in (NoteState.SENT, NoteState.PRINTED)
    became = {
        "state": end.state,
        "reason": None if done else end.said,
        "sent_at": now if done else None,
        "again_at": end.again_at,
    }
    if not _changed_one(connection, _FINISH, note, became):
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
    connection.execute(_TRIED, tried)
    return True


def release(connection: Connection, note: Note) -> None:
    """Give ``note`` back as if nobody had taken it: whoever has it knows that it has not left."""
    _changed_one(connection, _RELEASE, note, {})


def release_all(session: Session, tokens: Collection[str]) -> None:
    """Give back every note claimed by these ``tokens`` that was not begun."""
    claimed = update(Note).where(Note.lease_token.in_(tokens), Note.state == NoteState.CLAIMED)
    session.execute(claimed.values(_NOBODYS).execution_options(synchronize_session=False))


def retries(session: Session, note: Note) -> int:
    """Return how often ``note`` was tried and is to be tried again."""
    tried = select(Attempt.id).where(Attempt.note_id == note.id, Attempt.outcome == "retry")
    return len(session.scalars(tried).all())


def _changed_one(
    connection: Connection, statement: Executable, note: Note, values: Mapping[str, object]
) -> bool:
    held = {"held_id": note.id, "held_by": note.lease_token}
    result = connection.execute(statement, {**held, **values})
    return result.rowcount == 1


def recover(
    session: Session,
    dead: Collection[str],
    rebooted: Collection[str],
    safe: Collection[str],
    now: datetime,
) -> tuple[int, int]:
    """Take back what ``dead`` workers held, and what a lease ran out for.

    Return how many notes are in doubt, and how many approved again.

    A claimed note was never begun and is approved again, unless the machine
    was ``rebooted`` since: then the record that it was begun may be lost. A
    note under way is in doubt, but for a backend that is ``safe`` to repeat.
    """
    gone = or_(Note.worker_id.in_(dead), Note.lease_until <= now)
    unsure = and_(gone, Note.backend.not_in(safe))
    _keep_attempts(session, and_(unsure, Note.state == NoteState.SENDING))
    in_doubt = update(Note).where(
        unsure,
        or_(
            Note.state == NoteState.SENDING,
            and_(Note.state == NoteState.CLAIMED, Note.worker_id.in_(rebooted)),
        ),
    )
    lost = session.execute(
        in_doubt.values(
            state=NoteState.IN_DOUBT,
            reason="the program stopped while it was leaving; nobody can know whether it did",
            worker_id=None,
            lease_token=None,
            lease_until=None,
        ).execution_options(synchronize_session=False)
    )
    given_back = session.execute(
        update(Note)
        .where(gone, Note.state.in_((NoteState.CLAIMED, NoteState.SENDING)))
        .values({**_NOBODYS, "batch_id": None, "sequence": None})
        .execution_options(synchronize_session=False)
    )
    assert isinstance(lost, CursorResult)
    assert isinstance(given_back, CursorResult)
    return lost.rowcount, given_back.rowcount


def _keep_attempts(session: Session, under_way: ColumnElement[bool]) -> None:
    """Keep that an attempt was begun at the notes ``under_way``; nobody knows how it ended."""
    columns = (Note.id, Note.lease_token, Note.backend, Note.lease_until)
    for note_id, token, backend, until_at in session.execute(select(*columns).where(under_way)):
        assert until_at is not None
        began_at = until_at - UNDER_WAY
        session.add(Attempt(note_id=note_id, token=token, backend=backend, began_at=began_at))


def doubt_due(session: Session, why: str, safe: Collection[str], now: datetime) -> int:
    """Put in doubt what may have left from another copy of this store; return how many notes.

    That is whatever was due by ``now`` or under way, but for backends that
    are ``safe`` to repeat.
    """
    due = and_(Note.state.in_(OPEN), Note.due_at <= now)
    under_way = Note.state.in_((NoteState.CLAIMED, NoteState.SENDING))
    doubted = session.execute(
        update(Note)
        .where(or_(due, under_way), func.coalesce(Note.backend, "").not_in(safe))
        .values(
            state=NoteState.IN_DOUBT,
            reason=why,
            worker_id=None,
            lease_token=None,
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )
    assert isinstance(doubted, CursorResult)
    return doubted.rowcount


def due_count(session: Session, backend: str, now: datetime) -> int:
    """Return how many approved notes are due for ``backend``, at most; some may be held back."""
    due = select(func.count()).where(
        Note.state == NoteState.APPROVED, Note.try_at <= now, Note.backend == backend
    )
    return session.scalar(due) or 0


def open_batch(session: Session, batch: Batch | None, backend: str, now: datetime) -> Batch:
    """Return ``batch``, or a new one where none is open yet."""
    if batch is None:
        batch = Batch(backend=backend, made_at=now)
        session.add(batch)
        session.flush()
    return batch


def place_batch(connection: Connection, batch: Batch, folder: str) -> None:
    """Record where ``batch`` lies."""
    connection.execute(update(Batch).where(Batch.id == batch.id).values(folder=folder))


def close_batch(session: Session, batch: Batch) -> None:
    """Take what was not printed out of ``batch``, and forget it where nothing was."""
    of_batch = Note.batch_id == batch.id
    unprinted = update(Note).where(
        of_batch, Note.state.not_in((NoteState.PRINTED, NoteState.SENDING, NoteState.IN_DOUBT))
    )
    session.execute(
        unprinted.values(batch_id=None, sequence=None).execution_options(synchronize_session=False)
    )
    if session.scalar(select(func.count()).where(of_batch)) == 0:
        session.execute(delete(Batch).where(Batch.id == batch.id))


def next_try_at(session: Session, now: datetime) -> datetime | None:
    """Return the earliest moment after ``now`` at which an approved note is due, or None."""
    return session.scalar(
        select(Note.try_at)
        .where(Note.state == NoteState.APPROVED, Note.try_at > now)
        .order_by(Note.try_at)
        .limit(1)
    )


def resting(session: Session, now: datetime) -> dict[str, Rest]:
    """Return the backends that rest at ``now``, by name."""
    rests = session.scalars(select(Rest).where(Rest.until_at > now))
    return {rest.backend: rest for rest in rests}


def rest(session: Session, backend: str, why: str, now: datetime) -> datetime:
    """Let ``backend`` rest, each time longer, and return until when."""
    known = session.get(Rest, backend)
    times = known.times + 1 if known else 1
    until_at = now + PAUSES[min(times, len(PAUSES)) - 1]
    session.merge(Rest(backend=backend, since_at=now, until_at=until_at, times=times, why=why))
    return until_at


def wake(connection: Connection, backend: str) -> None:
    """Forget that ``backend`` ever rested: its server took a note."""
    connection.execute(_WAKE, {"awake": backend})
