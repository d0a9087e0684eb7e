"""Asking for notes: what waits for words, what a person should see, what was used before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from appreciation.errors import AppreciationError
from appreciation.store.gate import address_of_channel, held_back
from appreciation.store.tables import GONE, OPEN, Customer, Note, NoteState


def to_draft(
    session: Session, since: datetime, now: datetime, today: date, *, limit: int
) -> Sequence[Note]:
    """Return the notes that need words, first due first: new ones, late ones, readdressed ones.

    Those of customers whom something holds back are left out; nobody writes
    to them. A blocked note comes again where it was tried before ``since`` or
    before its customer changed.
    """
    again = and_(
        Note.state == NoteState.BLOCKED,
        or_(Note.drafted_at < since, Note.drafted_at < Customer.updated_at),
    )
    turned_late = and_(
        Note.state.in_((NoteState.WAITING, NoteState.APPROVED)),
        Note.on_time_until <= now,
        Note.belated.is_(False),
    )
    readdressed = and_(
        Note.state.in_((NoteState.WAITING, NoteState.APPROVED)),
        Note.recipient.is_distinct_from(address_of_channel()),
    )
    query = (
        select(Note)
        .join(Customer, Customer.id == Note.customer_id)
        .options(joinedload(Note.customer))
        .where(
            Note.state.in_(OPEN),
            or_(Note.state == NoteState.FOUND, again, turned_late, readdressed),
            Note.expires_at > now,
            held_back(today).is_(None),
        )
        .order_by(Note.due_at, Note.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Note)
    )
    return session.scalars(query).all()


def wordings_used(
    session: Session, customers: Collection[int]
) -> dict[tuple[int, str], list[str]]:
    """Return the wordings that each customer has read, by occasion, the oldest first."""
    query = (
        select(Note.customer_id, Note.occasion, Note.wording)
        .where(Note.customer_id.in_(customers), Note.wording.is_not(None))
        .order_by(Note.due_at, Note.id)
    )
    used: dict[tuple[int, str], list[str]] = {}
    for customer_id, occasion, wording in session.execute(query):
        used.setdefault((customer_id, occasion), []).append(wording or "")
    return used


def thanked_within(session: Session, note: Note, days: int) -> date | None:
    """Return the last day less than ``days`` from ``note`` for which its occasion was noted."""
    return session.scalar(
        select(func.max(Note.on)).where(
            Note.customer_id == note.customer_id,
            Note.occasion == note.occasion,
            Note.id != note.id,
            Note.state.in_((NoteState.WAITING, NoteState.APPROVED, NoteState.CLAIMED, *GONE)),
            Note.on > note.on - timedelta(days=days),
            Note.on < note.on + timedelta(days=days),
        )
    )


def note_meant(session: Session, note_id: int) -> Note:
    """Return the note with this id.

    Raises:
        AppreciationError: there is none.
    """
    note = session.get(Note, note_id)
    if note is None:
        raise AppreciationError(f"there is no note {note_id}", mend="appreciation note list")
    return note


def listed(today: date) -> Select[tuple[Note, str | None]]:
    """Return the query for notes with what holds back their customers on ``today``."""
    return (
        select(Note, held_back(today))
        .join(Customer, Customer.id == Note.customer_id)
        .options(joinedload(Note.customer))
        .order_by(Note.due_at, Note.id)
    )


def counted(session: Session) -> Mapping[str, int]:
    """Return how many notes there are of each state."""
    rows = session.execute(select(Note.state, func.count()).group_by(Note.state))
    return {state.value: count for state, count in rows}
