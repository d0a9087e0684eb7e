"""A round number of orders, and a year in which no week went by without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from appreciation.config.occasions import MilestoneSettings, OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, falls_on, found, lives_by
from appreciation.store.buyers import AnyOrder, is_counted
from appreciation.store.columns import Rows
from appreciation.store.dialects import week_of
from appreciation.store.tables import Base, Buyer, Customer, Note, Order

WEEKLY = "weekly"
_WEEKS = 52


class Milestone:
    """Found once for each number, and once for ever for a year of weeks.

    Asked of the customers with an order that was not considered yet: of
    theirs, the order with which the number is full, if it is not history.
    """

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "milestone": {"count": "10", "day": "3 November"}
    }
    variants: ClassVar[Sequence[str]] = ("orders", WEEKLY)
    consumes: ClassVar[type[Base] | None] = Order
    one_per_home: ClassVar[bool] = False

    def __init__(self, settings: OccasionSettings) -> None:
        assert isinstance(settings, MilestoneSettings)
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:
        return Order.ordered_on <= through

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        news = _News(select(calendar.c.day), considered_at)
        reached = [_by_number(news, self.settings.at)]
        if self.settings.weekly:
            reached.append(_by_weeks(news))
        full = union_all(*reached).subquery("full")
        return (
            found(
                occurrence=full.c.occurrence,
                about=full.c.order_id,
                known_at=full.c.created_at,
                variant=case((full.c.occurrence == WEEKLY, WEEKLY), else_="orders"),
            )
            .join(full, full.c.customer_id == Customer.id)
            .join(calendar, and_(falls_on(calendar, full.c.ordered_on), lives_by(calendar)))
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        ids = [note.about_id for note in notes]
        days = dict(
            session.execute(select(Order.id, Order.ordered_on).where(Order.id.in_(ids))).all()
        )
        return {
            note.id: _facts(days[note.about_id], note) for note in notes if note.about_id in days
        }


@dataclass(frozen=True, slots=True)
class _News:
    """The orders of ``days`` that are no history; ``looked_at`` is when new ones were marked."""

    days: Rows
    looked_at: datetime | None

    def orders(self, at_least: int) -> tuple[AnyOrder, Rows]:
        """Return the orders of those with a new one and ``at_least`` so many in all."""
        order = aliased(Order)
        asked = (
            select(Order.customer_id)
            .where(
                Order.considered_at.is_not_distinct_from(self.looked_at),
                Order.customer_id.is_not(None),
                Order.total_cents > 0,
            )
            .distinct()
            .subquery()
        )
        # Looked at before it was written down: an import said that it is history.
        is_news = or_(
            order.considered_at.is_not_distinct_from(self.looked_at),
            order.considered_at >= order.created_at,
        )
        recent = and_(order.ordered_on.in_(self.days), is_news, is_counted(order))
        query = (
            select(
                order.customer_id, order.id.label("order_id"), order.ordered_on, order.created_at
            )
            .select_from(asked)
            .join(Buyer, Buyer.customer_id == asked.c.customer_id)
            .join(order, order.customer_id == Buyer.customer_id)
            .where(Buyer.orders >= at_least, recent)
        )
        return order, query


def _by_number(news: _News, at: Sequence[int]) -> Rows:
    """Return the orders with which a number of ``at`` is full."""
    order, query = news.orders(min(at, default=0))
    later = aliased(Order)
    since = (
        select(func.count())
        .select_from(later)
        .where(
            later.customer_id == order.customer_id,
            or_(
                later.ordered_on > order.ordered_on,
                and_(later.ordered_on == order.ordered_on, later.id > order.id),
            ),
            is_counted(later),
        )
        .correlate(order)
        .scalar_subquery()
    )
    # From the end: whoever has bought for years has seldom bought since.
    numbered = query.add_columns((Buyer.orders - since).label("number")).subquery("numbered")
    return select(*_order_of(numbered), cast(numbered.c.number, String).label("occurrence")).where(
        numbered.c.number.in_(at)
    )


def _by_weeks(news: _News) -> Rows:
    """Return the orders that end a year without a week left out, each customer's first."""
    order, query = news.orders(_WEEKS)
    bought, this_week = aliased(Order), week_of(order.ordered_on)
    weeks = (
        select(func.count(week_of(bought.ordered_on).distinct()))
        .where(
            bought.customer_id == order.customer_id,
            week_of(bought.ordered_on).between(this_week - (_WEEKS - 1), this_week),
            is_counted(bought),
        )
        .correlate(order)
        .scalar_subquery()
    )
    noted = (
        select(Note.id)
        .where(
            Note.customer_id == order.customer_id,
            Note.occasion == "milestone",
            Note.occurrence == WEEKLY,
        )
        .correlate(order)
        .exists()
    )
    turn = func.row_number().over(
        partition_by=order.customer_id, order_by=(order.ordered_on, order.id)
    )
    whole = query.where(weeks == _WEEKS, ~noted).add_columns(turn.label("turn")).subquery("whole")
    return select(*_order_of(whole), literal(WEEKLY).label("occurrence")).where(whole.c.turn == 1)


def _order_of(rows: Subquery) -> list[ColumnElement[Any]]:
    return [rows.c[name] for name in ("customer_id", "order_id", "ordered_on", "created_at")]


def _facts(on: date, note: Note) -> Facts:
    from babel.numbers import format_decimal

    language = note.language or "en"
    day = day_in_words(on.month, on.day, language)
    if note.variant == WEEKLY:
        return Facts(
            {"milestone": {"count": str(_WEEKS), "day": day}},
            why=f"an order in each of {_WEEKS} weeks up to {on}",
        )
    # The name of a merged customer's note goes on: "10 of customer 7".
    number = int(note.occurrence.partition(" ")[0])
    count = format_decimal(number, locale=language.replace("-", "_"))
    return Facts({"milestone": {"count": count, "day": day}}, why=f"{number} orders, on {on}")
