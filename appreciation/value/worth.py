"""The figures an owner sees of one customer: past, future, at risk. Never added up.

The future is what history predicts. What it would be at the present pace, and
what events may bring, stand apart: neither is a forecast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from appreciation.value.history import History, Rhythm
from appreciation.value.model import Fit, Trust, chance_alive
from appreciation.value.order_value import UsualOrders, order_value, unusual_visits
from appreciation.value.prospects import Prospect, prospects
from appreciation.value.terms import Terms

# A second visit on the day after the first is no habit of coming daily.
_SHORTEST_HABIT = 56
# With these chances the number of orders is at least low, or high.
_LIKELY, _UNLIKELY = 0.9, 0.1
# Who is less likely still ours is won back, not thanked: another letter.
GONE = 0.05
# A weekly customer who was not seen for four weeks.
PERHAPS_LOST = 0.8

# Customers of a shop, and what its customers brought in the end as shares of what was
# predicted: 5 % of 200 shops brought less than the one, 5 % more than the other.
_BY_SIZE = ((100, 1 / 1.68, 1 / 0.64), (300, 1 / 1.33, 1 / 0.76))


class Forecast(NamedTuple):
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


class Worth(NamedTuple):
    """What one customer brought, and may bring; ``forecast`` only where the fit allows it.

    ``if_they_stay_cents`` is the pace so far, kept for all years and not
    discounted: not a forecast, and far above one. None for a single visit, and
    where there is no forecast to set beside it.
    ``unusual_cents`` are visits too large to count for the pace.
    """

    past_cents: int
    forecast: Forecast | None
    if_they_stay_cents: int | None
    unusual_cents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What it takes to tell a shop's customers apart: made once, asked for each."""

    fit: Fit
    usual: UsualOrders
    terms: Terms
    # Empty where the fit allows no forecast.
    prospects: Mapping[tuple[int, float], Prospect]

    def worth(self, history: History) -> Worth:
        """Return what one of the customers is worth."""
        rhythm, terms = history.rhythm, self.terms
        order_cents = order_value(history, self.usual)
        prospect = self.prospects.get((rhythm.repeats, rhythm.known))
        return Worth(
            past_cents=round(history.cents * terms.margin),
            forecast=prospect and _forecast(rhythm, self.fit, prospect, order_cents, terms),
            if_they_stay_cents=prospect and _if_they_stay(rhythm, order_cents, terms),
            unusual_cents=tuple(unusual_visits(history, self.usual)),
        )


def outlook(
    histories: Iterable[History], fit: Fit, usual: UsualOrders, terms: Terms | None = None
) -> Outlook:
    """Return the outlook of customers with these ``histories`` in a shop of that fit."""
    terms = terms or Terms()
    forecasting = fit.trust is not Trust.NONE
    rhythms = (one.rhythm for one in histories)
    return Outlook(fit, usual, terms, prospects(fit, rhythms, terms) if forecasting else {})


def worth(history: History, fit: Fit, usual: UsualOrders, terms: Terms | None = None) -> Worth:
    """Return what a single customer is worth; of many, ask an :class:`Outlook`."""
    return outlook([history], fit, usual, terms).worth(history)


def _forecast(
    rhythm: Rhythm, fit: Fit, prospect: Prospect, order_cents: float, terms: Terms
) -> Forecast:
    alive = chance_alive(fit, rhythm)
    if_alive = prospect.counted * order_cents * terms.margin
    orders, future = prospect.orders * alive, if_alive * alive
    each = future / orders if orders else 0.0
    few = prospect.reached_with(_LIKELY / alive) if alive else 0
    many = prospect.reached_with(_UNLIKELY / alive) if alive else 0
    return Forecast(
        chance_alive=alive,
        orders=orders,
        order_cents=order_cents,
        future_cents=round(future),
        low_cents=round(min(future, few * each)),
        # Of a customer who is probably lost the mean lies above most cases.
        high_cents=round(max(future, many * each)),
        at_risk_cents=round(if_alive * (1 - alive)),
    )


def _if_they_stay(rhythm: Rhythm, order_cents: float, terms: Terms) -> int | None:
    if not rhythm.repeats:
        return None
    visits = rhythm.repeats / max(rhythm.known, _SHORTEST_HABIT) * terms.days
    return round(visits * order_cents * terms.margin)


def may_slip(forecast: Forecast) -> bool:
    """Return whether a customer is likely enough to be lost, and not as good as lost."""
    return GONE <= forecast.chance_alive < PERHAPS_LOST and forecast.at_risk_cents > 0


def is_gone(forecast: Forecast) -> bool:
    """Return whether a customer is as good as lost."""
    return forecast.chance_alive < GONE


def total_range(customers: int) -> tuple[float, float] | None:
    """Return the shares of a shop's predicted total between which the real one lies.

    In 9 of 10 shops of that size, by the spread of their totals alone: that the
    model may be wrong for all of them is not in it. None for fewer than 100
    customers, of whom no total can honestly be told.
    """
    found = [(low, high) for size, low, high in _BY_SIZE if customers >= size]
    return found[-1] if found else None
