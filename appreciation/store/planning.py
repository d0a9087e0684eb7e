"""What finding asks of the store: zones, marks, and the insert that cannot double."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from appreciation.store.columns import Rows
from appreciation.store.dialects import insert_for, is_postgresql
from appreciation.store.gate import held_back, keeps_back
from appreciation.store.tables import OPEN, Base, Customer, Note, NoteState, Planned

# Any number will do, as long as every daemon takes the same one.
_PLANNER_LOCK = 0x617070


def may_plan(session: Session) -> bool:
    """Return whether this transaction may plan: one process at a time, until it commits."""
    if not is_postgresql(session):
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_PLANNER_LOCK))))


def plan_alone(session: Session) -> None:
    """Keep every other process from planning and importing until this transaction ends."""
    if is_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock(_PLANNER_LOCK)))


def zones(session: Session) -> Sequence[str]:
    """Return every time zone that customers live by; empty stands for the business's own."""
    return _each(session, Customer.timezone)


def countries(session: Session) -> Sequence[str]:
    """Return every country that customers live in; empty stands for the business's own."""
    return _each(session, Customer.country)


def _each(session: Session, column: InstrumentedAttribute[str | None]) -> Sequence[str]:
    """Return the values of an indexed ``column``, and an empty one.

    It leaps from one to the next along the index: a DISTINCT would walk
    through every customer, each minute.
    """
    leap = select(func.min(column).label("value")).cte("leap", recursive=True)
    after = select(func.min(column)).where(column > leap.c.value)
    leap = leap.union_all(select(after.scalar_subquery()).where(leap.c.value.is_not(None)))
    found = session.scalars(select(leap.c.value).where(leap.c.value.is_not(None)))
    return ["", *(value for value in found if value)]


def changed_since(session: Session, since: datetime) -> Sequence[int] | None:
    """Return the ids of the customers who changed since, inclusive; None: more than a few did."""
    query = select(Customer.id).where(Customer.updated_at >= since).limit(_A_FEW + 1)
    changed = session.scalars(query).all()
    return changed if len(changed) <= _A_FEW else None


def last_looks(session: Session) -> Mapping[str, datetime]:
    """Return the moment of the last look for each occasion that was looked for."""
    return dict(session.execute(select(Planned.occasion, Planned.through_at)).all())


def remember_looks(session: Session, occasions: Collection[str], now: datetime) -> None:
    """Remember that just these ``occasions`` were looked for, at ``now``."""
    session.execute(delete(Planned))
    if occasions:
        rows = [{"occasion": each, "through_at": now} for each in occasions]
        session.execute(insert(Planned), rows)


def mark_considered(
    session: Session, table: type[Base], ready: ColumnElement[bool], now: datetime
) -> int:
    """Mark each event nobody considered yet that is ``ready``, as of ``now``; return how many."""
    considered_at = table.__table__.c.considered_at
    result = session.execute(
        update(table)
        .where(considered_at.is_(None), ready)
        .values(considered_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def move(
    session: Session,
    calendar: Table,
    place: ColumnElement[bool],
    occasion: str,
    now: datetime,
    customers: Collection[int] | None,
) -> None:
    """Move the open notes of ``occasion`` that are not due yet to where the calendar has them.

    Of ``customers``, or of everybody; ``place`` joins both to a row of it. Their zone,
    country or the settings have changed; what has begun to be tried stays.
    """
    whose = [] if customers is None else [Note.customer_id.in_(customers)]
    session.execute(
        update(Note)
        .where(
            Note.occasion == occasion,
            _can_move(now),
            *whose,
            Customer.id == Note.customer_id,
            place,
            calendar.c.channel == Note.channel,
            Note.due_at != calendar.c.due_at,
        )
        .values({name: calendar.c[_FROM.get(name, name)] for name in _MOVES if name != "on"})
        .execution_options(synchronize_session=False)
    )


def _can_move(now: datetime) -> ColumnElement[bool]:
    return and_(Note.state.in_(OPEN), Note.try_at > now, Note.due_at == Note.try_at)


def insert_notes(session: Session, notes: Rows, occasion: str, now: datetime) -> Counter[str]:
    """Insert the rows of ``notes``; count how many were found, and how many of them skipped.

    One that stands there already and is not due yet moves to its new moment:
    the customer's zone, the day or the settings have changed.
    """
    before = session.scalar(select(func.coalesce(func.max(Note.id), 0)))
    picked = notes.subquery()
    columns = [column.name for column in picked.c if column.name != "known_at"]
    # In order, so that a list by id reads like the calendar on every database.
    source = (
        select(*(picked.c[name] for name in columns))
        .where(text("true"))
        .order_by(picked.c.due_at, picked.c.customer_id)
    )
    statement = insert_for(session)(Note).from_select(columns, source)
    moved = {name: statement.excluded[name] for name in _MOVES}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id", "occasion", "occurrence"],
            set_=moved,
            where=and_(_can_move(now), Note.due_at != statement.excluded.due_at),
        )
    )
    new = select(Note.state, func.count()).where(Note.id > before, Note.occasion == occasion)
    counts = dict(session.execute(new.group_by(Note.state)).all())
    return Counter(found=sum(counts.values()), skipped=counts.get(NoteState.SKIPPED, 0))


# What moves with a note, and from which column of the calendar where it is not its namesake.
_MOVES = ("on", "due_at", "try_at", "on_time_until", "expires_at")
_FROM = {"try_at": "due_at"}
# So many customers are looked at one by one; of more, everybody is.
_A_FEW = 500


def not_noted(session: Session, notes: Rows) -> Sequence[Mapping[str, Any]]:
    """Return the rows of ``notes`` that have no note yet, each with the customer's name.

    ``held`` is why nobody could write to them on its day, as far as is known now, or None.
    """
    rows = notes.subquery()
    noted = (
        select(Note.id)
        .where(
            Note.customer_id == rows.c.customer_id,
            Note.occasion == rows.c.occasion,
            Note.occurrence == rows.c.occurrence,
        )
        .exists()
    )
    query = (
        select(
            rows,
            Customer.name.label("customer"),
            keeps_back(rows.c.channel, rows.c.on).label("held"),
        )
        .join(Customer, Customer.id == rows.c.customer_id)
        .where(~noted)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def days_noted(session: Session, occasion: str, since: date) -> dict[int, list[date]]:
    """Return the days since ``since`` with a note of ``occasion``, not skipped, by customer."""
    query = select(Note.customer_id, Note.on).where(
        Note.occasion == occasion,
        Note.on >= since,
        Note.state.not_in((NoteState.SKIPPED, NoteState.FAILED)),
    )
    days: dict[int, list[date]] = {}
    for customer_id, on in session.execute(query):
        days.setdefault(customer_id, []).append(on)
    return days


def expire(session: Session, now: datetime, today: date) -> int:
    """Skip each open note that is too late now, with the reason; return how many."""
    reason = (
        select(held_back(today))
        .where(Customer.id == Note.customer_id)
        .correlate(Note)
        .scalar_subquery()
    )
    late = case(
        (Note.state == NoteState.WAITING, "too late: nobody approved it in time"),
        (Note.state == NoteState.BLOCKED, "too late: " + func.coalesce(Note.reason, "blocked")),
        else_="too late: it could not leave in time",
    )
    result = session.execute(
        update(Note)
        .where(Note.state.in_(OPEN), Note.expires_at <= now)
        .values(state=NoteState.SKIPPED, reason=func.coalesce(reason, late))
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount
