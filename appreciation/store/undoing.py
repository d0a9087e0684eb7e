"""Taking an import back: what it brought and nobody touched since, and what it changed."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from appreciation.store import buyers, people
from appreciation.store.tables import (
    OPEN,
    Attempt,
    Base,
    Customer,
    Fact,
    Hold,
    Import,
    ImportChange,
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

# What an import brings, and the occasions of the notes that are about a row of it.
_EVENTS: Sequence[tuple[type[Base], Sequence[str]]] = (
    (Order, ("order", "milestone")),
    (Meeting, ("meeting",)),
    (Referral, ("referral",)),
    (SpecialDate, ("birthday", "date")),
)
# Those of which the owner keeps what they typed beside it. Notes first: they tell of the events.
_REMEMBERED: Sequence[type[Base]] = (Note, Fact, Hold, LifeEvent, Suppression)
_BROUGHT: Sequence[type[Base]] = (Customer, *(table for table, _ in _EVENTS), *_REMEMBERED)
_TABLES = {table.__tablename__: table for table in _BROUGHT}
_MOMENTS = {"updated_at", "opted_out_at", "deceased_at"}
_ON_THE_NOTE = {
    *("name", "call_name", "envelope_name", "formality", "hand", "language", "email", "address"),
}


def undo(session: Session, made: Import, now: datetime) -> Counter[str]:
    """Take back what ``made`` did; count what is gone, put back, and kept as edited since.

    What a note has left about stays: the note tells of it.
    """
    bought = buyers.buyers_of_import(session, made.id)
    counts = Counter({"put_back": _put_back(session, made)})
    for table in _REMEMBERED:
        counts[table.__tablename__] = _deleted(session, delete(table).where(*_as_told(table, made)))
    # Refunds before the orders that they pay back.
    for table, occasions in (_EVENTS[0], *_EVENTS):
        _withdraw_notes(session, table, occasions, made.id)
        counts[table.__tablename__] += _deleted(
            session, delete(table).where(*_untouched(table, occasions, made.id))
        )
    buyers.recount(session, bought, now)
    session.execute(delete(Origin).where(Origin.import_id == made.id))
    alone = select(Customer.id).where(_is_alone(made))
    # Where they stand is found anew.
    _deleted(session, delete(Standing).where(Standing.customer_id.in_(alone)))
    counts["customers"] = _deleted(session, delete(Customer).where(_is_alone(made)))
    counts["kept"] = sum(_left(session, table, made.id) for table in _BROUGHT)
    made.undone_at = now
    session.flush()
    session.expire_all()
    return counts


def _put_back(session: Session, made: Import) -> int:
    """Put each field back that still holds what the import wrote; return how many."""
    query = select(ImportChange).where(ImportChange.import_id == made.id)
    put_back = 0
    for change in session.scalars(query.order_by(ImportChange.id.desc())).all():
        row: Any = session.get(_TABLES[change.table], change.row_id)
        if row is None or _plain(getattr(row, change.field)) != change.after:
            continue
        setattr(row, change.field, _read(change.field, change.before))
        put_back += change.field != "updated_at"
        if change.table == "customers" and change.field in _ON_THE_NOTE:
            people.write_anew(session, row)
    session.flush()
    return put_back


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(field: str, value: Any) -> Any:
    if value is not None and field in _MOMENTS:
        return datetime.fromisoformat(value)
    if value is not None and field == "known_on":
        return date.fromisoformat(value)
    return value


def _withdraw_notes(
    session: Session, table: type[Base], occasions: Sequence[str], import_id: int
) -> None:
    """Delete the notes about what the import brought that nobody tried to send."""
    rows = table.__table__.c
    brought = select(rows.id).where(rows.import_id == import_id)
    session.execute(
        delete(Note)
        .where(
            Note.occasion.in_(occasions),
            Note.about_id.in_(brought),
            Note.state.in_((*OPEN, NoteState.SKIPPED)),
            Note.id.not_in(select(Attempt.note_id)),
        )
        .execution_options(synchronize_session=False)
    )


def _untouched(
    table: type[Base], occasions: Sequence[str], import_id: int
) -> Sequence[ColumnElement[bool]]:
    """Return which rows the import brought that no note tells of and no later import changed."""
    rows = table.__table__.c
    told_of = exists().where(Note.occasion.in_(occasions), Note.about_id == rows.id)
    later = aliased(Import)
    changed = (
        exists()
        .where(ImportChange.table == table.__tablename__, ImportChange.row_id == rows.id)
        .where(later.id == ImportChange.import_id, later.undone_at.is_(None), later.id > import_id)
    )
    if table is not Order:
        return rows.import_id == import_id, ~told_of, ~changed
    refund = aliased(Order)
    refunded = exists().where(refund.refund_of_id == rows.id)
    return rows.import_id == import_id, ~told_of, ~changed, ~refunded


def _as_told(table: type[Base], made: Import) -> Sequence[ColumnElement[bool]]:
    """Return which rows the import brought that the owner has not taken further since."""
    brought = table.__table__.c.import_id == made.id
    if table is Hold:
        return brought, or_(Hold.released_at.is_(None), Hold.released_at <= made.imported_at)
    if table is Note:
        return brought, Note.id.not_in(select(Attempt.note_id))
    return (brought,)


def _is_alone(made: Import) -> ColumnElement[bool]:
    """Return which customers the import brought and nothing else touched."""
    who = Customer.id
    points_there = or_(
        *(
            exists().where(column == who)
            for column in (
                Order.customer_id,
                Meeting.customer_id,
                Referral.referrer_id,
                Referral.referred_id,
                SpecialDate.customer_id,
                Hold.customer_id,
                Fact.customer_id,
                LifeEvent.customer_id,
                Note.customer_id,
                Origin.customer_id,
                Merge.kept_id,
            )
        )
    )
    return and_(
        Customer.import_id == made.id, Customer.updated_at == made.imported_at, ~points_there
    )


def _deleted(session: Session, statement: Delete) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount


def _left(session: Session, table: type[Base], import_id: int) -> int:
    rows = table.__table__
    query = select(func.count()).select_from(rows).where(rows.c.import_id == import_id)
    return session.scalar(query) or 0
