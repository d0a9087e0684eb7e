"""The figures an owner sees of one customer: past, future, at risk. Never added up.

The future is what history predicts. What it would be at the present pace, and
what events may bring, stand apart: neither is a forecast.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from appreciation.value.history import History, Rhythm
from appreciation.value.model import (
    Fit,
    Trust,
    chance_alive,
    chances_of_orders,
    orders_if_alive,
)
from appreciation.value.order_value import UsualOrders, order_value, unusual_visits

_DAYS_A_YEAR = 365.25
_QUARTERS = 4
# A second visit on the day after the first is no habit of coming daily.
_SHORTEST_HABIT = 56
_UNLIKELY = 0.1
# Who is less likely still ours is won back, not thanked: another letter.
_GONE = 0.05

# Customers of a shop, and what its customers brought in the end as shares of what was
# predicted: 5 % of 200 shops brought less than the one, 5 % more than the other.
_BY_SIZE = ((100, 1 / 1.68, 1 / 0.64), (300, 1 / 1.33, 1 / 0.76))


@dataclass(frozen=True, slots=True)
class Terms:
    """How money is counted; conventions of the owner, not findings.

    ``margin`` is the share of an order that is earned; ``years``, one or more,
    how far the future reaches; ``discount`` what money loses by coming a year
    later.
    """

    margin: float = 0.6
    years: int = 5
    discount: float = 0.1

    @property
    def days(self) -> int:
        """How far the future reaches: 1,826 days for five years."""
        return round(self.years * _DAYS_A_YEAR)

    def now(self, years: float) -> float:
        """Return what 1 that comes in so many ``years`` is worth today."""
        return float((1 + self.discount) ** -years)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a customer is expected to bring within the years of the terms.

    Money is earned cents, worth today. In 8 cases of 10 it lies between
    ``low_cents`` and ``high_cents``: a customer of the model who came so often
    comes that few or many times. That the model may be wrong for the shop is
    not in it; for that see :func:`total_range`.
    """

    chance_alive: float
    orders: float
    order_cents: float
    future_cents: int
    low_cents: int
    high_cents: int
    at_risk_cents: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What one customer brought, and may bring; ``forecast`` only where the fit allows it.

    ``if_they_stay_cents`` is the pace so far, kept for all years and not
    discounted: not a forecast, and far above one. None for a single visit.
    ``unusual_cents`` are visits too large to count for the pace.
    """

    past_cents: int
    forecast: Forecast | None
    if_they_stay_cents: int | None
    unusual_cents: tuple[int, ...]


def worth(history: History, fit: Fit, usual: UsualOrders, terms: Terms | None = None) -> Worth:
    """Return what the customer is worth to a shop of that fit and those orders."""
    terms = terms or Terms()
    return Worth(
        past_cents=round(history.cents * terms.margin),
        forecast=None if fit.trust is Trust.NONE else _forecast(history, fit, usual, terms),
        if_they_stay_cents=_if_they_stay(history, usual, terms),
        unusual_cents=tuple(unusual_visits(history, usual)),
    )


def _forecast(history: History, fit: Fit, usual: UsualOrders, terms: Terms) -> Forecast:
    alive = chance_alive(fit, history.rhythm)
    order_cents = order_value(history, usual)
    earned = order_cents * terms.margin
    coming, counted = _coming(fit, history.rhythm.repeats, history.rhythm.known, terms)
    if_alive = counted * earned
    orders, future = coming * alive, if_alive * alive
    low, high = _few_and_many(fit, history, terms.days)
    each = future / orders if orders else 0.0
    return Forecast(
        chance_alive=alive,
        orders=orders,
        order_cents=order_cents,
        future_cents=round(future),
        low_cents=round(min(future, low * each)),
        # Of a customer who is probably lost the mean lies above most cases.
        high_cents=round(max(future, high * each)),
        at_risk_cents=round(if_alive * (1 - alive)),
    )


# A shop's customers share few rhythms; each costs a hundred times what it costs to look up.
@lru_cache(maxsize=2**16)
def _coming(fit: Fit, repeats: int, known: float, terms: Terms) -> tuple[float, float]:
    """Return the orders of a customer who is not lost today; once more, later ones counting less.

    That the last visit was just now is as good as any: it only tells of being lost.
    """
    rhythm = Rhythm(repeats, known, known)
    quarters = terms.years * _QUARTERS
    ends = (terms.days * n / quarters for n in range(quarters + 1))
    reached = [orders_if_alive(fit, rhythm, end) for end in ends]
    counted = sum(
        (after - before) * terms.now((n + 0.5) / _QUARTERS)
        for n, (before, after) in enumerate(pairwise(reached))
    )
    return reached[-1], counted


def _few_and_many(fit: Fit, history: History, days: int) -> tuple[int, int]:
    """Return how many visits 9 of 10 such customers reach, and how many 1 of 10."""
    few = many = 0
    for n, chance in enumerate(chances_of_orders(fit, history.rhythm, days), start=1):
        # A shop's day has one visit.
        if chance < _UNLIKELY or n > days:
            break
        many = n
        few = n if chance >= 1 - _UNLIKELY else few
    return few, many


def _if_they_stay(history: History, usual: UsualOrders, terms: Terms) -> int | None:
    repeats, _, known = history.rhythm
    if not repeats:
        return None
    visits = repeats / max(known, _SHORTEST_HABIT) * terms.days
    return round(visits * order_value(history, usual) * terms.margin)


def slipping(forecasts: Mapping[int, Forecast]) -> list[int]:
    """Return the customers whom to thank before they are lost: most at risk first.

    Without those who are as good as lost, and those of whom nothing is at risk.
    """
    found = [(-one.at_risk_cents, who) for who, one in forecasts.items() if _may_slip(one)]
    return [who for _, who in sorted(found)]


def _may_slip(forecast: Forecast) -> bool:
    return forecast.chance_alive >= _GONE and forecast.at_risk_cents > 0


def total_range(customers: int) -> tuple[float, float] | None:
    """Return the shares of a shop's predicted total between which the real one lies.

    In 9 of 10 shops of that size, by the spread of their totals alone: that the
    model may be wrong for all of them is not in it. None for fewer than 100
    customers, of whom no total can honestly be told.
    """
    found = [(low, high) for size, low, high in _BY_SIZE if customers >= size]
    return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something the owner thinks of: "her wedding, 2029, 3,000, perhaps".

    ``cents`` each of so many ``times`` in the calendar ``year``, with a
    ``chance`` of 0 to 1. Never from the model.
    """

    name: str
    year: int
    cents: int
    times: int = 1
    chance: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.chance <= 1:
            raise ValueError(f"a chance of {self.chance} is not between 0 and 1")


def what_if_cents(events: Iterable[LifeEvent], today: date, terms: Terms | None = None) -> int:
    """Return what the events would earn, worth today; those of past years nothing."""
    return round(sum(_event_worth(events, today, terms or Terms())))


def _event_worth(events: Iterable[LifeEvent], today: date, terms: Terms) -> Iterator[float]:
    for event in events:
        if event.year >= today.year:
            earned = event.cents * event.times * event.chance * terms.margin
            yield earned * terms.now(event.year - today.year)
