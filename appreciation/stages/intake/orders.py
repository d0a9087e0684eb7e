"""Orders, what of them went back, and whose a guest's order was."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.money import format_money
from appreciation.store import buyers, people
from appreciation.store.tables import Customer, Order


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought; ``total_cents`` in minor units of ``currency``."""

    ordered_on: date
    total_cents: int
    currency: str
    number: str | None = None
    items: str | None = None


def add_order(
    session: Session, customer: Customer | None, bought: Purchase, now: datetime
) -> Order:
    """Add an order of ``customer``, or of a guest of whom nothing is known.

    Raises:
        AppreciationError: the shop's number is taken by another order.
    """
    if bought.number is not None and people.order_numbered(session, bought.number) is not None:
        raise AppreciationError(
            f"there is an order {bought.number!r} already",
            mend="leave --number out, or see: appreciation order list",
        )
    order = Order(
        customer=customer,
        number=bought.number,
        ordered_on=bought.ordered_on,
        total_cents=bought.total_cents,
        currency=bought.currency,
        items=bought.items,
        created_at=now,
    )
    session.add(order)
    session.flush()
    buyers.recount(session, [order.customer_id], now)
    return order


def refund(
    session: Session, order: Order, cents: int | None, refunded_on: date, now: datetime
) -> Order:
    """Add that ``cents`` of ``order``, or all that is left of it, went back to the customer.

    Raises:
        AppreciationError: it is a refund itself, or there is not as much left of it.
    """
    if order.total_cents <= 0:
        raise AppreciationError(
            f"order {order.number or order.id} is no order that was paid",
            mend="appreciation order list",
        )
    if refunded_on < order.ordered_on:
        raise NotUnderstood(
            f"{refunded_on} lies before the order, which is of {order.ordered_on}",
            mend="name the day on which the money went back: --on DAY",
        )
    left = order.total_cents + people.refunded_cents(session, order)
    back = left if cents is None else cents
    if not 0 < back <= left:
        of_it = f"{format_money(left, order.currency)} of it is left" if left else "nothing is left"
        raise AppreciationError(
            f"order {order.number or order.id} cannot be refunded by that much: {of_it}",
            mend=f"appreciation order list {order.customer_id or ''}".strip(),
        )
    given_back = Order(
        customer_id=order.customer_id,
        refund_of_id=order.id,
        ordered_on=refunded_on,
        total_cents=-back,
        currency=order.currency,
        created_at=now,
        # Nobody is thanked for it.
        considered_at=now,
    )
    session.add(given_back)
    session.flush()
    buyers.recount(session, [order.customer_id], now)
    return given_back


def assign(session: Session, order: Order, customer: Customer, now: datetime) -> None:
    """Give a guest's ``order``, and what was refunded of it, to the ``customer`` it was.

    Raises:
        AppreciationError: it is somebody's already.
    """
    if order.customer is not None:
        raise AppreciationError(
            f"order {order.number or order.id} is {order.customer.name}'s",
            mend=f"appreciation order list {order.customer.id}",
        )
    for each in (order, *people.refunds_of(session, order)):
        each.customer = customer
    # There is somebody to thank now.
    order.considered_at = None
    buyers.recount(session, [customer.id], now)
