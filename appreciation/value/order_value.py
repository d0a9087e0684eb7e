"""What a visit of a customer is worth: their own mean, drawn towards the shop's."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from appreciation.value.history import History

# A customer's mean counts as if they had also come twice for the shop's mean.
SHRINK = 2
_TIMES_THE_LARGEST = 3


@dataclass(frozen=True, slots=True)
class UsualOrders:
    """What visits to this shop bring: their mean, and the most that counts as usual.

    Both in cents. One wedding cake must not look like a weekly habit: what a
    visit brought above ``limit`` counts in the past, but not for the pace.
    """

    mean: float
    limit: float = inf


def usual_orders(histories: Iterable[History]) -> UsualOrders:
    """Return what visits to the shop of these customers bring.

    The limit is three times the 99th percentile of the customers' own means;
    of two hundred customers or fewer that is the second largest.
    """
    customers = list(histories)
    means = sorted(sum(one.visit_cents) / one.visits for one in customers)
    if not means:
        return UsualOrders(0.0)
    large = means[min(len(means) * 99 // 100, max(len(means) - 2, 0))]
    limit = _TIMES_THE_LARGEST * large
    money = sum(_usual_cents(one, limit) for one in customers)
    return UsualOrders(money / sum(one.visits for one in customers), limit)


def order_value(history: History, usual: UsualOrders) -> float:
    """Return what the next visit of the customer is likely to bring, in cents, never below 0."""
    spent = _usual_cents(history, usual.limit)
    return (spent + SHRINK * usual.mean) / (history.visits + SHRINK)


def unusual_visits(history: History, usual: UsualOrders) -> list[int]:
    """Return the cents of the visits too large for the pace, oldest first: to be shown."""
    if max(history.visit_cents) <= usual.limit:
        return []
    return [cents for cents in history.visit_cents if cents > usual.limit]


def _usual_cents(history: History, limit: float) -> float:
    if max(history.visit_cents) <= limit and not history.refund_cents:
        return sum(history.visit_cents)
    spent = sum(min(cents, limit) for cents in history.visit_cents)
    # The refund of an order that was cut is cut with it.
    given_back = sum(max(cents, -limit) for cents in history.refund_cents)
    return max(0.0, spent + given_back)
