"""A thank-you for an order, once the parcel had time to arrive."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, considered, falls_on, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note, Order


class OrderOccasion:
    """Found once for each order; the first one of a customer has wordings of its own."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "order": {"items": "two rye loaves", "day": "3 November", "first": True}
    }
    variants: ClassVar[Sequence[str]] = ("first", "again")
    consumes: ClassVar[type[Base] | None] = Order

    def __init__(self, settings: OccasionSettings) -> None:
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:
        return Order.ordered_on <= through

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        return (
            found(
                # The shop's own number where it has one; no number looks like "id-7".
                occurrence=func.coalesce(Order.number, "id-" + cast(Order.id, String)),
                about=Order.id.expression,
                known_at=Order.created_at.expression,
                variant=case((_has_ordered_before(), "again"), else_="first"),
            )
            .join(Order, Order.customer_id == Customer.id)
            .join(calendar, and_(falls_on(calendar, Order.ordered_on), lives_by(calendar)))
            .where(considered(Order.considered_at, considered_at), Order.total_cents > 0)
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        ids = [note.about_id for note in notes]
        orders = {
            order.id: order for order in session.scalars(select(Order).where(Order.id.in_(ids)))
        }
        return {
            note.id: _facts(orders[note.about_id], note)
            for note in notes
            if note.about_id in orders
        }


def _has_ordered_before() -> ColumnElement[bool]:
    earlier = aliased(Order)
    return (
        select(earlier.id)
        .where(
            earlier.customer_id == Order.customer_id,
            earlier.total_cents > 0,
            # Said twice, for the index.
            earlier.ordered_on <= Order.ordered_on,
            or_(
                earlier.ordered_on < Order.ordered_on,
                and_(earlier.ordered_on == Order.ordered_on, earlier.id < Order.id),
            ),
        )
        .exists()
    )


def _facts(order: Order, note: Note) -> Facts:
    day = day_in_words(order.ordered_on.month, order.ordered_on.day, note.language or "en")
    first = note.variant == "first"
    which = f"order {order.number}" if order.number else "the order"
    return Facts(
        {"order": {"items": order.items, "day": day, "first": first}},
        why=f"{'first order' if first and not order.number else which} of {day}",
    )
