"""Who bought, since when and how often: counted anew wherever orders come, go, or change hands."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, FromClause, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session

from appreciation.store.dialects import insert_for
from appreciation.store.matching import chunks
from appreciation.store.tables import OPEN, Attempt, Buyer, ImportChange, Note, Order

# Plain tables: whoever asks each minute is spared the mapping of each column.
ORDERS = Order.__table__
# The first day, and how many orders.
_Count = tuple[date, int]


def is_counted(order: FromClause) -> ColumnElement[bool]:
    """Return whether a row of ``orders`` counts: it was paid, and did not go back whole."""
    refund = ORDERS.alias()
    given_back = (
        select(func.coalesce(func.sum(refund.c.total_cents), 0))
        .where(
            refund.c.refund_of_id == order.c.id,
            # The same customer's, and said: where few orders were ever refunded, SQLite
            # takes the index of refunds for useless, and reads every order of the shop.
            refund.c.customer_id == order.c.customer_id,
        )
        .correlate(order)
        .scalar_subquery()
    )
    return and_(order.c.total_cents > 0, order.c.total_cents + given_back > 0)


def recount(session: Session, customers: Iterable[int | None], now: datetime) -> None:
    """Count the orders of these ``customers`` anew; None stands for a guest.

    An open note that tells of another first day, or of more orders than there
    are now, is withdrawn: it is found again once it is true.
    """
    session.flush()
    for some in chunks({each for each in customers if each is not None}):
        before, after = _before(session, some), _after(session, some)
        _keep(session, {who: at for who, at in after.items() if before.get(who) != at}, now)
        gone = before.keys() - after.keys()
        session.execute(delete(Buyer).where(Buyer.customer_id.in_(gone)))
        moved = {who for who in before.keys() & after.keys() if before[who][0] != after[who][0]}
        _withdraw(session, _anniversaries(gone | moved))
        _withdraw(session, _milestones(session, before, after))


def buyers_of_import(session: Session, import_id: int) -> Sequence[int | None]:
    """Return whose orders an import brought or changed."""
    changed = select(ImportChange.row_id).where(
        ImportChange.import_id == import_id, ImportChange.table == Order.__tablename__
    )
    query = select(Order.customer_id).where(
        or_(Order.import_id == import_id, Order.id.in_(changed))
    )
    return session.scalars(query.distinct()).all()


def _before(session: Session, some: Sequence[int]) -> dict[int, _Count]:
    query = select(Buyer.customer_id, Buyer.first_order_on, Buyer.orders)
    rows = session.execute(query.where(Buyer.customer_id.in_(some)))
    return {who: (first, orders) for who, first, orders in rows}


def _after(session: Session, some: Sequence[int]) -> dict[int, _Count]:
    query = (
        select(Order.customer_id, func.min(Order.ordered_on), func.count())
        .where(Order.customer_id.in_(some), is_counted(ORDERS))
        .group_by(Order.customer_id)
    )
    return {who: (first, orders) for who, first, orders in session.execute(query) if who}


def _keep(session: Session, counts: dict[int, _Count], now: datetime) -> None:
    if not counts:
        return
    statement = insert_for(session)(Buyer.__table__)
    new = statement.excluded
    is_same_day = Buyer.first_order_on == new.first_order_on
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={
                "first_order_on": new.first_order_on,
                "month_day": new.month_day,
                "orders": new.orders,
                "known_at": case((is_same_day, Buyer.known_at), else_=new.known_at),
            },
        ),
        [
            {
                "customer_id": who,
                "first_order_on": first,
                "month_day": first.month * 100 + first.day,
                "orders": orders,
                "known_at": now,
            }
            for who, (first, orders) in counts.items()
        ],
    )


def _anniversaries(customers: Collection[int]) -> ColumnElement[bool]:
    return and_(Note.occasion == "anniversary", Note.customer_id.in_(customers))


def _milestones(
    session: Session, before: dict[int, _Count], after: dict[int, _Count]
) -> ColumnElement[bool]:
    """Return which notes tell of more orders than there are now."""
    fewer = {who for who, (_, orders) in before.items() if after.get(who, (None, 0))[1] < orders}
    query = select(Note.id, Note.customer_id, Note.occurrence).where(
        Note.occasion == "milestone", Note.customer_id.in_(fewer), Note.state.in_(OPEN)
    )
    return Note.id.in_(
        [
            note_id
            for note_id, who, occurrence in session.execute(query)
            if occurrence.isdecimal() and int(occurrence) > after.get(who, (None, 0))[1]
        ]
    )


def _withdraw(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        delete(Note)
        .where(which, Note.state.in_(OPEN), Note.id.not_in(select(Attempt.note_id)))
        .execution_options(synchronize_session=False)
    )
