"""Asking for notes: what waits for words, what a person should see, what was used before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.store.columns import Rows
from appreciation.store.gate import (
    SUPPRESSED,
    address_of_channel,
    can_be_reached,
    held_back,
    must_not_hear,
    no_longer_so,
)
from appreciation.store.tables import GONE, OPEN, Customer, Note, NoteState, Order

# A note, and why its customer must not be written to just now.
Seen = tuple[Note, str | None]


def to_draft(
    session: Session,
    since: datetime,
    now: datetime,
    today: date,
    *,
    either_way: Collection[str],
    limit: int,
) -> Sequence[Note]:
    """Return the notes that need words, first due first: new ones, late ones, readdressed ones.

    Those of customers whom something holds back are left out; nobody writes
    to them. But where only the email address is suppressed, a note of an
    occasion that may go ``either_way`` comes to be a card. A blocked note
    comes again where it was tried before ``since`` or before its customer
    changed.
    """
    reached = can_be_reached(today)
    can_be_a_card = and_(
        Note.channel == "email",
        Note.occasion.in_(either_way),
        ~reached["email"],
        reached["post"],
        must_not_hear(today).is_(None),
    )
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
        or_(Note.recipient.is_distinct_from(address_of_channel()), can_be_a_card),
    )
    query = (
        select(Note)
        .join(Customer, Customer.id == Note.customer_id)
        .options(
            joinedload(Note.customer).options(
                joinedload(Customer.suppression), selectinload(Customer.facts)
            )
        )
        .where(
            Note.state.in_(OPEN),
            or_(Note.state == NoteState.FOUND, again, turned_late, readdressed),
            Note.expires_at > now,
            or_(held_back(today).is_(None), can_be_a_card),
        )
        .order_by(Note.due_at, Note.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Note)
    )
    return session.scalars(query).all()


def ways_open(
    session: Session, customers: Collection[int], today: date
) -> Mapping[int, Mapping[str, str]]:
    """Return for each of ``customers``, by id, the address of each channel that may be used."""
    reached = can_be_reached(today)
    query = select(
        Customer.id,
        case((reached["email"], Customer.email)).label("email"),
        case((reached["post"], Customer.address)).label("post"),
    ).where(Customer.id.in_(customers))
    return {
        row["id"]: {channel: row[channel] for channel in reached if row[channel]}
        for row in session.execute(query).mappings()
    }


def home_of(customer: Customer) -> str:
    """Return what those share who read each other's mail: a home, else a mailbox."""
    return customer.home or customer.email or str(customer.id)


def wordings_used(
    session: Session, customers: Collection[Customer]
) -> dict[tuple[str, str], list[str]]:
    """Return the wordings read in each customer's home, by occasion, the oldest first.

    A home is :func:`home_of`: whoever moves in with another customer, or shares
    a mailbox, does not read what the other one has.
    """
    homes = {each.home for each in customers if each.home}
    emails = {each.email for each in customers if each.email and not each.home}
    query = (
        select(Customer, Note.occasion, Note.wording)
        .join(Note, Note.customer_id == Customer.id)
        .where(
            or_(
                Customer.id.in_([each.id for each in customers]),
                Customer.home.in_(homes),
                Customer.email.in_(emails),
            ),
            Note.wording.is_not(None),
        )
        .order_by(Note.due_at, Note.id)
    )
    used: dict[tuple[str, str], list[str]] = {}
    for customer, occasion, wording in session.execute(query):
        used.setdefault((home_of(customer), occasion), []).append(wording or "")
    return used


def written_before(session: Session, note: Note, limit: int) -> Sequence[Note]:
    """Return the last notes with words to the customer of ``note``, the latest first."""
    return session.scalars(
        select(Note)
        .where(Note.customer_id == note.customer_id, Note.id != note.id, Note.state.in_(GONE))
        .order_by(Note.due_at.desc(), Note.id.desc())
        .limit(limit)
    ).all()


def last_items(session: Session, note: Note) -> str | None:
    """Return what the customer of ``note`` bought last, in the shop's words."""
    return session.scalar(
        select(Order.items)
        .where(Order.customer_id == note.customer_id, Order.items.is_not(None))
        .order_by(Order.ordered_on.desc(), Order.id.desc())
        .limit(1)
    )


def notes_of(session: Session, customer: Customer) -> Sequence[Note]:
    """Return every note to ``customer``, first due first."""
    return session.scalars(
        select(Note).where(Note.customer_id == customer.id).order_by(Note.due_at, Note.id)
    ).all()


def note_meant(session: Session, note_id: int) -> Note:
    """Return the note with this id.

    Raises:
        AppreciationError: there is none.
    """
    note = session.get(Note, note_id)
    if note is None:
        raise AppreciationError(f"there is no note {note_id}", mend="appreciation note list")
    return note


def state_meant(word: str) -> NoteState:
    """Return the state that ``word`` names.

    Raises:
        NotUnderstood: there is none.
    """
    try:
        return NoteState(word.replace(" ", "_").replace("-", "_"))
    except ValueError as error:
        raise NotUnderstood(
            f"{word!r} is no state of a note", mend=f"write one of: {', '.join(NoteState)}"
        ) from error


def notes_in(
    session: Session, today: date, state: NoteState | None, customer: Customer | None
) -> list[Seen]:
    """Return notes with what holds them back: of a state or of all, of a customer or of all."""
    query = _seen(today)
    if state is not None:
        query = query.where(Note.state == state)
    if customer is not None:
        query = query.where(Note.customer_id == customer.id)
    return _all(session, query)


def open_notes(session: Session, today: date, until: datetime) -> list[Seen]:
    """Return the notes that have not left and fall due up to ``until``, inclusive."""
    return _all(session, _seen(today).where(Note.state.in_(OPEN), Note.due_at <= until))


def note_seen(session: Session, note_id: int, today: date) -> Seen:
    """Return one note with what holds it back.

    Raises:
        AppreciationError: there is none.
    """
    note_meant(session, note_id)
    return _all(session, _seen(today).where(Note.id == note_id))[0]


def notes_to_see(session: Session, note_ids: Sequence[int], today: date) -> list[Seen]:
    """Return the notes named, in that order; where none is named, all that wait.

    Raises:
        AppreciationError: one of them does not exist.
    """
    if not note_ids:
        return _all(session, _seen(today).where(Note.state == NoteState.WAITING))
    return [note_seen(session, note_id, today) for note_id in dict.fromkeys(note_ids)]


def _all(session: Session, query: Rows) -> list[Seen]:
    return [(note, held) for note, held in session.execute(query)]


def _seen(today: date) -> Rows:
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


def to_approve(session: Session, today: date) -> int:
    """Return how many notes wait for a person, those of customers held back left out."""
    query = select(func.count(Note.id)).join(Customer, Customer.id == Note.customer_id)
    waiting = query.where(Note.state == NoteState.WAITING, held_back(today).is_(None))
    return session.scalar(waiting) or 0


def held_by_address(session: Session, today: date) -> int:
    """Return how many open emails nothing holds back but that their address is suppressed."""
    query = select(func.count(Note.id)).join(Customer, Customer.id == Note.customer_id)
    waits = query.where(
        Note.state.in_(OPEN), held_back(today).startswith(SUPPRESSED), no_longer_so().is_(None)
    )
    return session.scalar(waits) or 0


def cards_due(session: Session, today: date, until: datetime) -> Sequence[Note]:
    """Return the cards that nothing holds back and that are due to leave up to ``until``."""
    query = (
        select(Note)
        .join(Customer, Customer.id == Note.customer_id)
        .where(
            Note.channel == "post",
            Note.state.in_(OPEN),
            Note.due_at <= until,
            held_back(today).is_(None),
        )
        .order_by(Note.due_at, Note.id)
    )
    return session.scalars(query).all()


def next_to_leave(session: Session, today: date) -> Note | None:
    """Return the approved note that falls due first, of those that nothing holds back."""
    return session.scalars(
        select(Note)
        .join(Customer, Customer.id == Note.customer_id)
        .options(joinedload(Note.customer))
        .where(Note.state == NoteState.APPROVED, held_back(today).is_(None))
        .order_by(Note.try_at, Note.id)
        .limit(1)
    ).first()
