"""The owner's digest: sent once for each day, and what it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from appreciation.store.claims import BEGIN_BEFORE, LEASE, UNDER_WAY
from appreciation.store.dialects import insert_for
from appreciation.store.gate import held_back
from appreciation.store.instance import instance
from appreciation.store.tables import (
    OPEN,
    Attempt,
    Customer,
    Digest,
    DigestedNote,
    DigestState,
    Note,
    NoteState,
)

# The owner has it, or may have.
_TOLD = (DigestState.SENT, DigestState.SENDING, DigestState.IN_DOUBT)
_LEFT = (NoteState.SENT, NoteState.PRINTED, NoteState.POSTED)
_FREE = {"lease_token": None, "lease_until": None}


def untold_since(session: Session) -> datetime | None:
    """Return since when the owner has been told nothing; None where no digest ever began."""
    told_until = select(func.max(Digest.until_at)).where(Digest.state.in_(_TOLD))
    return session.scalar(told_until) or session.scalar(select(func.min(Digest.since_at)))


def last(session: Session, before: date | None = None) -> Digest | None:
    """Return the digest of the latest day, or of the latest one ``before`` a day."""
    query = select(Digest).order_by(Digest.day.desc()).limit(1)
    return session.scalars(query.where(Digest.day < before) if before else query).first()


def settle(session: Session, now: datetime, *, repeatable: bool) -> int:
    """Take back what died under way; return how many digests are in doubt because of it.

    One that was only claimed goes again, as does one by a backend that is
    ``repeatable``; of another nobody can know whether the owner has it.
    """
    over = and_(Digest.lease_until <= now, Digest.state.in_(("claimed", "sending")))
    if not repeatable:
        lost = session.execute(
            update(Digest)
            .where(over, Digest.state == DigestState.SENDING)
            .values(
                state=DigestState.IN_DOUBT,
                said="the program stopped while it was leaving; nobody can know whether it did",
                **_FREE,
            )
        )
        assert isinstance(lost, CursorResult)
        doubted = lost.rowcount
    else:
        doubted = 0
    session.execute(update(Digest).where(over).values(state=DigestState.APPROVED, **_FREE))
    return doubted


def claim(
    session: Session, day: date, since: timedelta, token: str, now: datetime
) -> Digest | None:
    """Take the digest of ``day``; None where it was sent, is another's, or must rest for now.

    It tells of all since the last one, or of a time of ``since`` where there
    was none. An older one that never left goes into it. Nothing is taken
    while the store is on hold.
    """
    if instance(session).held_why is not None:
        return None
    since_at = untold_since(session) or now - since
    session.execute(
        insert_for(session)(Digest)
        .values(
            day=day,
            state=DigestState.APPROVED,
            since_at=since_at,
            until_at=now,
            try_at=now,
        )
        .on_conflict_do_nothing(index_elements=["day"])
    )
    session.execute(
        update(Digest)
        .where(Digest.state == DigestState.APPROVED, Digest.day < day)
        .values(state=DigestState.FAILED, said=func.coalesce(Digest.said, "the next one was due"))
    )
    taken = session.execute(
        update(Digest)
        .where(Digest.day == day, Digest.state == DigestState.APPROVED, Digest.try_at <= now)
        .values(
            state=DigestState.CLAIMED,
            since_at=since_at,
            until_at=now,
            lease_token=token,
            lease_until=now + LEASE,
        )
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        return None
    return session.scalars(
        select(Digest).where(Digest.day == day), execution_options={"populate_existing": True}
    ).one()


def begin(session: Session, digest: Digest, now: datetime) -> bool:
    """Record that ``digest`` passes the point of no return; False where the claim is lost."""
    begun = session.execute(
        update(Digest)
        .where(
            Digest.id == digest.id,
            Digest.lease_token == digest.lease_token,
            Digest.state == DigestState.CLAIMED,
            Digest.lease_until > now + BEGIN_BEFORE,
        )
        .values(state=DigestState.SENDING, lease_until=now + UNDER_WAY)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(begun, CursorResult)
    return begun.rowcount == 1


def finish(
    session: Session,
    digest: Digest,
    state: DigestState,
    said: str,
    try_at: datetime,
    skipped: Sequence[int],
) -> bool:
    """Record how it ended, and that the owner knows of the notes ``skipped``; False: not ours."""
    done = session.execute(
        update(Digest)
        .where(Digest.id == digest.id, Digest.lease_token == digest.lease_token)
        .values(state=state, said=said, try_at=try_at, **_FREE)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        return False
    if skipped and state in _TOLD:
        rows = [{"note_id": note_id, "digest_id": digest.id} for note_id in skipped]
        session.execute(insert(DigestedNote), rows)
    return True


@dataclass(frozen=True, slots=True)
class Some:
    """How many notes there are of a sort, and the first of them."""

    count: int
    notes: Sequence[Note]


def left(session: Session, since: datetime, until: datetime, limit: int) -> Some:
    """Return what left after ``since`` and up to ``until``, the first first."""
    between = and_(Note.sent_at > since, Note.sent_at <= until)
    return _some(session, and_(Note.state.in_(_LEFT), between), limit, by=Note.sent_at.expression)


def waiting(session: Session, today: date, limit: int) -> Some:
    """Return what waits for approval and nothing holds back, first due first."""
    free = and_(Note.state == NoteState.WAITING, held_back(today).is_(None))
    return _some(session, free, limit)


def blocked(session: Session, limit: int) -> Some:
    """Return what lacks a word, first due first."""
    return _some(session, Note.state == NoteState.BLOCKED, limit)


def in_doubt(session: Session, limit: int) -> Some:
    """Return that of which nobody knows whether it left, first due first."""
    return _some(session, Note.state == NoteState.IN_DOUBT, limit)


def failed(session: Session, since: datetime, limit: int) -> Some:
    """Return what failed after ``since``, or failed before and would still come in time."""
    lately = select(Attempt.id).where(Attempt.note_id == Note.id, Attempt.ended_at > since).exists()
    still = or_(Note.expires_at > since, Note.sent_at > since, lately)
    return _some(session, and_(Note.state == NoteState.FAILED, still), limit)


def skipped(session: Session, since: datetime) -> Sequence[int]:
    """Return the ids of the notes that were skipped and never told, the first due first.

    What was too late before ``since`` is history: nobody asked for digests then.
    What another note tells along was not missed, and is told of with that one.
    """
    untold = ~select(DigestedNote.note_id).where(DigestedNote.note_id == Note.id).exists()
    lately = or_(Note.expires_at > since, Note.created_at > since, Note.drafted_at > since)
    left_out = and_(Note.state == NoteState.SKIPPED, Note.merged_into_id.is_(None))
    query = select(Note.id).where(left_out, untold, lately)
    return session.scalars(query.order_by(Note.due_at, Note.id)).all()


def notes(session: Session, ids: Sequence[int]) -> Sequence[Note]:
    """Return the notes with these ``ids``, first due first."""
    return _some(session, Note.id.in_(ids), len(ids)).notes


def held(session: Session, today: date, limit: int) -> tuple[int, Sequence[tuple[Note, str]]]:
    """Return how many open notes something holds back, and the first due with why."""
    why = held_back(today)
    query = (
        select(Note, why)
        .join(Customer, Customer.id == Note.customer_id)
        .where(Note.state.in_(OPEN), why.is_not(None))
    )
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    first = query.options(joinedload(Note.customer)).order_by(Note.due_at, Note.id).limit(limit)
    return count, [(note, told or "") for note, told in session.execute(first)]


def _some(
    session: Session,
    which: ColumnElement[bool],
    limit: int,
    by: ColumnElement[datetime | None] | None = None,
) -> Some:
    query = select(Note).join(Customer, Customer.id == Note.customer_id).where(which)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    first = query.order_by(Note.due_at if by is None else by, Note.id).limit(limit)
    return Some(count, session.scalars(first.options(joinedload(Note.customer))).all())
