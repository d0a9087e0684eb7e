"""Forgetting a customer for good: every row is gone, and only a keyed hash knows them again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from appreciation.errors import Busy
from appreciation.store import instance, matching
from appreciation.store.matching import address_key, keys_of, name_key, origin_key
from appreciation.store.tables import (
    OPEN,
    Attempt,
    Base,
    Batch,
    Bounce,
    Buyer,
    Customer,
    Fact,
    Forgotten,
    Hold,
    ImportChange,
    ImportedRow,
    LifeEvent,
    Meeting,
    Merge,
    Note,
    NoteState,
    Order,
    Origin,
    Referral,
    SpecialDate,
    Standing,
    Suppression,
)

_LEAVING = (NoteState.CLAIMED, NoteState.SENDING)
_THEIRS: Sequence[tuple[type[Base], str]] = (
    (Note, "customer_id"),
    (SpecialDate, "customer_id"),
    (Order, "customer_id"),
    (Meeting, "customer_id"),
    (Hold, "customer_id"),
    (Fact, "customer_id"),
    (LifeEvent, "customer_id"),
    (Standing, "customer_id"),
    (Buyer, "customer_id"),
    (Origin, "customer_id"),
    (Merge, "kept_id"),
    (Referral, "referrer_id"),
)
SOMEBODY = "somebody"


def everything_of(session: Session, customer: Customer) -> dict[str, list[dict[str, Any]]]:
    """Return every row about ``customer``, by table: what they may ask to see."""
    notes = select(Note.id).where(Note.customer_id == customer.id)
    found: dict[str, list[dict[str, Any]]] = {"customers": _rows(session, Customer, "id", customer)}
    for table, column in _THEIRS:
        found[table.__tablename__] = _rows(session, table, column, customer)
    found["referred"] = _rows(session, Referral, "referred_id", customer)
    for table in (Attempt, Bounce):
        rows = table.__table__
        query = select(rows).where(rows.c.note_id.in_(notes))
        found[table.__tablename__] = [dict(row) for row in session.execute(query).mappings()]
    return {name: rows for name, rows in found.items() if rows}


def cards_of(session: Session, customer: Customer) -> dict[str, set[int]]:
    """Return the numbers of the cards to ``customer``, by the folder of their batch."""
    query = select(Batch.folder, Note.sequence).join(Note, Note.batch_id == Batch.id)
    query = query.where(Note.customer_id == customer.id, Batch.folder.is_not(None))
    found: dict[str, set[int]] = {}
    for folder, number in session.execute(query):
        assert folder is not None
        assert number is not None
        found.setdefault(folder, set()).add(number)
    return found


def forget(session: Session, customer: Customer, today: date) -> Sequence[int]:
    """Delete ``customer`` and all that is known of them; return the ids of their notes.

    A keyed hash of each thing that told who it was remains, so that a file
    does not bring them back.

    Raises:
        Busy: a note to them is just leaving.
    """
    notes = session.execute(select(Note.id, Note.state).where(Note.customer_id == customer.id))
    states = {row.id: row.state for row in notes}
    if any(state in _LEAVING for state in states.values()):
        raise Busy("a note to them is just leaving", mend="try again in a minute")
    _keep_hashes(session, _traces(session, customer), today)
    _name_no_more(session, customer)
    _delete_notes(session, states)
    session.execute(
        update(Referral)
        .where(Referral.referred_id == customer.id)
        .values(referred_id=None, referred_name=SOMEBODY)
    )
    session.execute(delete(ImportedRow).where(_tells_of(customer)))
    _forget_changes(session, customer)
    if customer.email:
        session.execute(delete(Suppression).where(Suppression.address == customer.email.lower()))
    for table, column in _THEIRS:
        if table is not Note:
            session.execute(delete(table).where(table.__table__.c[column] == customer.id))
    session.expire_all()
    session.execute(delete(Customer).where(Customer.id == customer.id))
    session.flush()
    return list(states)


def _traces(session: Session, customer: Customer) -> list[str]:
    """Return all by which a file could tell of them again; never a bare name."""
    origins = session.execute(
        select(Origin.source, Origin.key).where(Origin.customer_id == customer.id)
    )
    found = [origin_key(source, key) for source, key in origins]
    found += keys_of("", customer.email, customer.phone)
    found.append(origin_key("own", f"{instance.instance(session).name}-{customer.id}"))
    name = name_key(customer.name)
    if customer.address:
        found.append(f"a:{name}|{address_key(customer.address)}")
    if born := customer.birthday:
        month, day = divmod(born.month_day, 100)
        years = {born.year, None}
        found += [
            f"b:{name}|--{month:02}-{day:02}"
            if year is None
            else f"b:{name}|{year:04}-{month:02}-{day:02}"
            for year in years
        ]
    return found


def _keep_hashes(session: Session, traces: Collection[str], today: date) -> None:
    hashes = set(matching.hashes_of(traces, matching.secret(session)).values())
    new = hashes - matching.forgotten_among(session, hashes)
    if new:
        rows = [{"hash": each, "forgotten_on": today} for each in sorted(new)]
        session.execute(insert(Forgotten), rows)


def _name_no_more(session: Session, customer: Customer) -> None:
    """Take the words of what has not left and names ``customer`` with others of a home."""
    named = select(Note.merged_into_id).where(
        Note.customer_id == customer.id, Note.merged_into_id.is_not(None)
    )
    theirs = Note.id.in_(session.scalars(named).all())
    session.execute(
        update(Note)
        .where(theirs, Note.state.in_(OPEN), Note.customer_id != customer.id)
        .values(
            state=NoteState.FOUND,
            approved_at=None,
            subject=None,
            body=None,
            addressee=None,
            edited=False,
        )
        .execution_options(synchronize_session=False)
    )


def _delete_notes(session: Session, notes: Mapping[int, object]) -> None:
    for table in (Bounce, Attempt):
        session.execute(delete(table).where(table.__table__.c.note_id.in_(list(notes))))
    session.execute(delete(Note).where(Note.id.in_(list(notes))))


def _tells_of(customer: Customer) -> ColumnElement[bool]:
    """Return which reasons of imported rows name the customer."""
    named = [ImportedRow.reason.contains(customer.name, autoescape=True)]
    if customer.email:
        named.append(func.lower(ImportedRow.reason).contains(customer.email.lower()))
    named.append(ImportedRow.reason.contains(f"customer {customer.id},", autoescape=True))
    return or_(*named)


def _forget_changes(session: Session, customer: Customer) -> None:
    days = [day.id for day in customer.dates]
    orders = select(Order.id).where(Order.customer_id == customer.id)
    for table, ids in (
        ("customers", [customer.id]),
        ("special_dates", days),
        ("orders", list(session.scalars(orders))),
    ):
        session.execute(
            delete(ImportChange).where(ImportChange.table == table, ImportChange.row_id.in_(ids))
        )


def _rows(
    session: Session, table: type[Base], column: str, customer: Customer
) -> list[dict[str, Any]]:
    rows = table.__table__
    query = select(rows).where(rows.c[column] == customer.id)
    return [dict(row) for row in session.execute(query).mappings()]
