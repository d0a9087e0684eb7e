"""What the value of customers is made of, and where they stand once it is found."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    delete,
    false,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased, joinedload

from appreciation.config.values import Circle
from appreciation.store.dialects import insert_for
from appreciation.store.tables import Customer, Kind, LifeEvent, Order, Referral, Standing

_AT_ONCE = 10_000


def purchases(session: Session, through: date) -> Iterator[tuple[int, str, date, int]]:
    """Yield the orders and refunds up to ``through``, inclusive, of everybody but guests.

    As (customer, currency, day, cents), the customers' ids rising; those of one
    customer and currency together. A refund counts on the day of its order:
    what went back whole was no visit.
    """
    # As the database gives it: to read each of a million orders' days anew takes a second.
    paid = aliased(Order)
    day = type_coerce(func.coalesce(paid.ordered_on, Order.ordered_on), String)
    days = _Days()
    who = type_coerce(Order.customer_id, Integer)
    query = (
        select(who, Order.currency, day, Order.total_cents)
        .outerjoin(paid, paid.id == Order.refund_of_id)
        .where(Order.ordered_on <= through)
        .order_by(Order.customer_id, Order.currency)
    )
    first, last = session.execute(
        select(func.min(Order.customer_id), func.max(Order.customer_id))
    ).one()
    # So many customers at once. A cursor kept open would outlive a server that goes away.
    for start in range(first or 0, (last or -1) + 1, _AT_ONCE):
        some = query.where(Order.customer_id.between(start, start + _AT_ONCE - 1))
        for customer_id, currency, on, cents in session.connection().execute(some):
            yield customer_id, currency, days[on], cents


class _Days(dict[str | date, date]):
    """The day that each of a database's words for it means; SQLite keeps text."""

    def __missing__(self, on: str | date) -> date:
        found = self[on] = on if isinstance(on, date) else date.fromisoformat(on)
        return found


def order_days(session: Session, through: date) -> Sequence[date]:
    """Return each day up to ``through``, inclusive, on which somebody ordered."""
    paid = select(Order.ordered_on).where(Order.ordered_on <= through, Order.total_cents > 0)
    return session.scalars(paid.distinct()).all()


def later_orders(session: Session, after: date) -> int:
    """Return how many orders there are of days after ``after``."""
    return session.scalar(select(func.count()).where(Order.ordered_on > after)) or 0


def guests(session: Session, through: date) -> Mapping[str, tuple[int, int]]:
    """Return how many orders guests made, and their cents net of refunds, by currency."""
    query = (
        select(
            Order.currency,
            func.count().filter(Order.total_cents > 0),
            func.sum(Order.total_cents),
        )
        .where(Order.customer_id.is_(None), Order.ordered_on <= through)
        .group_by(Order.currency)
    )
    # PostgreSQL adds whole numbers up to a decimal one.
    return {each: (orders, int(cents)) for each, orders, cents in session.execute(query)}


def sent(session: Session) -> Sequence[tuple[int, int]]:
    """Return (referrer, referred) of everybody whom somebody sent, in the order of recording."""
    query = select(Referral.referrer_id, Referral.referred_id).order_by(Referral.id)
    known = query.where(Referral.referred_id.is_not(None))
    return [(referrer, referred) for referrer, referred in session.execute(known) if referred]


def everybody(session: Session) -> Sequence[int]:
    """Return every customer's id."""
    return array("q", session.scalars(select(Customer.id).order_by(Customer.id)))


def companies(session: Session) -> Sequence[int]:
    """Return the ids of the customers that are companies."""
    return session.scalars(select(Customer.id).where(Customer.kind == Kind.COMPANY)).all()


def deceased(session: Session) -> Sequence[int]:
    """Return the ids of the customers who have died."""
    return session.scalars(select(Customer.id).where(Customer.deceased_at.is_not(None))).all()


def found_at(session: Session) -> datetime | None:
    """Return when it was found last where all customers stand, or None.

    Where that was broken off, some still have the moment before.
    """
    return session.scalar(select(func.min(Standing.found_at)))


def keep(session: Session, standings: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep where these customers stand, as of ``now``."""
    if not standings:
        return
    statement = insert_for(session)(Standing.__table__)
    kept = {name: statement.excluded[name] for name in (*standings[0], "found_at")}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=["customer_id"], set_=kept),
        [{**each, "found_at": now} for each in standings],
    )


def forget_older(session: Session, now: datetime) -> None:
    """Forget where those stand who were not found ``now``: they have no orders any more."""
    session.execute(delete(Standing).where(Standing.found_at < now))


def tiers(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return how well each of these customers is known; who never bought is left out."""
    query = select(Standing.customer_id, Standing.tier).where(Standing.customer_id.in_(ids))
    return dict(session.execute(query).all())


def belongs(circle: Circle) -> ColumnElement[bool]:
    """Return whether a row of ``customers`` is one of ``circle``; who never bought is not."""
    match circle.whom:
        case "nobody":
            return false()
        case "everybody":
            return true()
        case "regulars":
            which: ColumnElement[bool] = Standing.tier.in_(("top", "regular"))
        case "top":
            which = Standing.rank <= circle.many
        case "top_percent":
            ranked = select(func.count()).select_from(Standing).scalar_subquery()
            # Rounded up: of five customers the top tenth is one.
            which = (Standing.rank - 1) * 100 < ranked * circle.many
    stands = select(Standing.rank).where(Standing.customer_id == Customer.id, which)
    return stands.correlate(Customer).exists()


def members(session: Session, circle: Circle, ids: Collection[int]) -> set[int]:
    """Return which of the customers with these ``ids`` are of ``circle``."""
    return set(session.scalars(select(Customer.id).where(Customer.id.in_(ids), belongs(circle))))


def life_events(session: Session, customer: Customer | None = None) -> Sequence[LifeEvent]:
    """Return what is expected of the life of ``customer``, or of all, the soonest first."""
    query = select(LifeEvent).options(joinedload(LifeEvent.customer))
    if customer is not None:
        query = query.where(LifeEvent.customer_id == customer.id)
    return session.scalars(query.order_by(LifeEvent.year, LifeEvent.id)).all()
