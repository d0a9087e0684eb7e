"""A round number of orders, and a year in which no week went by without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
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
from sqlalchemy.orm import Session

from appreciation.config.occasions import MilestoneSettings, OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, considered, falls_on, found, lives_by
from appreciation.store.buyers import ORDERS, is_counted
from appreciation.store.columns import Rows
from appreciation.store.dialects import week_of
from appreciation.store.tables import Base, Buyer, Customer, Note, Order

WEEKLY = "weekly"
_WEEKS = 52
_BUYERS = Buyer.__table__


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

    def __init__(self, settings: OccasionSettings) -> None:
        assert isinstance(settings, MilestoneSettings)
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:
        return Order.ordered_on <= through

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        first_day = select(func.min(calendar.c.day)).scalar_subquery()
        news = _News(first_day, considered_at)
        reached = [_by_number(news, self.settings.at)]
        if self.settings.weekly:
            reached.append(_by_weeks(news))
        full = union_all(*reached).subquery("full")
        return (
            found(
                occurrence=full.c.occurrence,
                about=full.c.id,
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
    """The orders from ``first_day`` on that are no history; ``looked_at``: new ones were marked."""

    first_day: ScalarSelect[date]
    looked_at: datetime | None

    def orders(self, at_least: int) -> tuple[FromClause, FromClause, Rows]:
        """Return who has a new order and ``at_least`` so many in all, and their orders.

        As the two tables to speak of, and the query: who and how many, and the orders.
        """
        new, order = ORDERS.alias(), ORDERS.alias()
        # A distinct one is asked first, on every database: few of a shop are ever about to be full.
        asked = (
            select(_BUYERS.c.customer_id, _BUYERS.c.orders)
            .join(new, new.c.customer_id == _BUYERS.c.customer_id)
            .where(
                considered(new.c.considered_at, self.looked_at),
                new.c.total_cents > 0,
                _BUYERS.c.orders >= at_least,
            )
            .distinct()
            .subquery("asked")
        )
        # Looked at before it was written down: an import said that it is history.
        is_news = or_(
            considered(order.c.considered_at, self.looked_at),
            order.c.considered_at >= order.c.created_at,
        )
        # From the first day on, which the index knows; the calendar itself is joined in the end.
        recent = and_(order.c.ordered_on >= self.first_day, is_news, is_counted(order))
        columns = (order.c.customer_id, order.c.id, order.c.ordered_on, order.c.created_at)
        query = (
            select(*columns)
            .select_from(asked)
            .join(order, order.c.customer_id == asked.c.customer_id)
            .where(recent)
        )
        return asked, order, query


def _by_number(news: _News, at: Sequence[int]) -> Rows:
    """Return the orders with which a number of ``at`` is full."""
    asked, order, query = news.orders(min(at, default=0))
    later = ORDERS.alias()
    since = (
        select(func.count())
        .select_from(later)
        .where(
            later.c.customer_id == order.c.customer_id,
            # Said twice, for the index.
            later.c.ordered_on >= order.c.ordered_on,
            or_(
                later.c.ordered_on > order.c.ordered_on,
                and_(later.c.ordered_on == order.c.ordered_on, later.c.id > order.c.id),
            ),
            is_counted(later),
        )
        .correlate(order)
        .scalar_subquery()
    )
    # From the end: whoever has bought for years has seldom bought since.
    numbered = query.add_columns((asked.c.orders - since).label("number")).subquery("numbered")
    occurrence = cast(numbered.c.number, String).label("occurrence")
    return select(*_order_of(numbered), occurrence).where(numbered.c.number.in_(at))


def _by_weeks(news: _News) -> Rows:
    """Return the orders that end a year without a week left out, each customer's first."""
    _, order, query = news.orders(_WEEKS)
    bought, this_week = ORDERS.alias(), week_of(order.c.ordered_on)
    weeks = (
        select(func.count(week_of(bought.c.ordered_on).distinct()))
        .where(
            bought.c.customer_id == order.c.customer_id,
            week_of(bought.c.ordered_on).between(this_week - (_WEEKS - 1), this_week),
            is_counted(bought),
        )
        .correlate(order)
        .scalar_subquery()
    )
    notes = Note.__table__
    noted = (
        select(notes.c.id)
        .where(
            notes.c.customer_id == order.c.customer_id,
            notes.c.occasion == "milestone",
            notes.c.occurrence == WEEKLY,
        )
        .correlate(order)
        .exists()
    )
    turn = func.row_number().over(
        partition_by=order.c.customer_id, order_by=(order.c.ordered_on, order.c.id)
    )
    whole = query.where(weeks == _WEEKS, ~noted).add_columns(turn.label("turn")).subquery("whole")
    return select(*_order_of(whole), literal(WEEKLY).label("occurrence")).where(whole.c.turn == 1)


def _order_of(rows: Subquery) -> list[ColumnElement[Any]]:
    return [rows.c[name] for name in ("customer_id", "id", "ordered_on", "created_at")]


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
