"""What `why` asks of the store about one customer: notes, events, and what was in force when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from appreciation.store.gate import can_be_reached, held_back, must_not_hear
from appreciation.store.tables import GONE, Base, Buyer, Customer, Note, NoteState, Standing


@dataclass(frozen=True, slots=True)
class Event:
    """An order, a referral, a meeting: when finding looked at it, and the note that came of it."""

    id: int
    created_at: datetime
    considered_at: datetime | None
    note_id: int | None


def notes_of(session: Session, customer: Customer, occasion: str) -> Sequence[Note]:
    """Return the notes of ``occasion`` to ``customer`` with their attempts, first due first."""
    query = select(Note).where(Note.customer_id == customer.id, Note.occasion == occasion)
    return session.scalars(
        query.options(selectinload(Note.attempts)).order_by(Note.due_at, Note.id)
    ).all()


def events(
    session: Session, table: type[Base], customer: Customer, occasion: str, limit: int
) -> list[Event]:
    """Return the latest events of ``customer`` in ``table``, which ``occasion`` consumes."""
    rows = table.__table__.c
    # The first column that names a customer is whose it is: a referral's is who sent somebody.
    whose = next(column for column in rows if column.references(Customer.__table__.c.id))
    query = (
        select(rows.id, rows.created_at, rows.considered_at, Note.id)
        .join(
            Note,
            (Note.about_id == rows.id) & (Note.customer_id == whose) & (Note.occasion == occasion),
            isouter=True,
        )
        .where(whose == customer.id)
        .order_by(rows.id.desc())
        .limit(limit)
    )
    return [Event(*row) for row in session.execute(query)]


def noted_within(
    session: Session, customer: Customer, occasion: str, on: date, days: int, but: int | None
) -> int | None:
    """Return the id of a note of ``occasion``, ``but`` one, less than ``days`` from ``on``."""
    taken = (NoteState.WAITING, NoteState.APPROVED, NoteState.CLAIMED, *GONE)
    around = timedelta(days=days)
    query = select(func.max(Note.id)).where(
        Note.customer_id == customer.id,
        Note.occasion == occasion,
        Note.state.in_(taken),
        Note.on > on - around,
        Note.on < on + around,
    )
    return session.scalar(query if but is None else query.where(Note.id != but))


def silenced(session: Session, customer: Customer, on: date) -> str | None:
    """Return why nobody may write to ``customer`` on ``on``, by whichever way: the gate's word."""
    return session.scalar(select(must_not_hear(on)).where(Customer.id == customer.id))


def note_held_back(session: Session, note: Note, on: date) -> str | None:
    """Return why ``note`` must not leave on ``on``: the gate's word."""
    both = select(held_back(on)).select_from(Note).join(Customer, Customer.id == Note.customer_id)
    return session.scalar(both.where(Note.id == note.id))


def ways(session: Session, customer: Customer, on: date) -> Mapping[str, bool]:
    """Return for each channel whether ``customer`` can be reached by it on ``on``, by the gate."""
    asked = can_be_reached(on)
    query = select(*(asked[name].label(name) for name in asked)).where(Customer.id == customer.id)
    row = session.execute(query).mappings().one()
    return {name: bool(row[name]) for name in asked}


def buyer(session: Session, customer: Customer) -> Buyer | None:
    """Return since when ``customer`` has bought and how often; None who never did."""
    return session.get(Buyer, customer.id)


def standing(session: Session, customer: Customer) -> Standing | None:
    """Return where ``customer`` stands among the others; None who never bought."""
    return session.get(Standing, customer.id)
