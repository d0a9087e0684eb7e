"""Taking back what died with a worker, and what may have left from another copy of the store."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, and_, func, or_, select, update
from sqlalchemy.orm import Session

from appreciation.store.claims import NOBODYS, UNDER_WAY
from appreciation.store.tables import OPEN, Attempt, Note, NoteState


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
        .values({**NOBODYS, "batch_id": None, "sequence": None})
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

    That is whatever was due by ``now`` or under way, and each card, since
    cards are printed ahead; but for backends that are ``safe`` to repeat.
    """
    due = and_(Note.state.in_(OPEN), or_(Note.due_at <= now, Note.channel == "post"))
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
