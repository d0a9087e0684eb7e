"""What customers of one rhythm bring within the years that the owner looks ahead.

A shop's customers share few rhythms, and the formula of one takes a hundred
times what it takes to look it up.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise, takewhile
from math import exp, frexp, log
from typing import NamedTuple

from appreciation.value.history import Rhythm
from appreciation.value.interpolation import interpolated
from appreciation.value.model import Fit, chances_if_alive, orders_if_alive
from appreciation.value.terms import Terms

_QUARTERS = 4
# Between so many points the curve lies within a millionth of the formula.
_POINTS = 12
_EACH_DAY = 64
# Rarer numbers of visits are never asked for.
_RAREST = 0.1


class Prospect(NamedTuple):
    """What a customer who is not lost today will bring.

    ``orders`` within the terms' years; ``counted`` is the same with later ones
    counting less; ``falling`` has the chances of at least 1, 2, ... of them,
    each below zero so that they rise.
    """

    orders: float
    counted: float
    falling: list[float]

    def reached_with(self, chance: float) -> int:
        """Return how many orders are reached with at least that ``chance``, 0.1 or more."""
        return bisect_right(self.falling, -chance)


def prospects(
    fit: Fit, rhythms: Iterable[Rhythm], terms: Terms
) -> dict[tuple[int, float], Prospect]:
    """Return the prospects of everybody in ``rhythms``, by their repeats and time known.

    The last visit is not asked for: it only tells of being lost.
    """
    known_of = defaultdict(set)
    for repeats, _, known in rhythms:
        known_of[repeats].add(known)
    found = {}
    for repeats, times in known_of.items():
        many = len(times) > _POINTS
        falling: dict[float, list[float]] = {}
        for known, (orders, counted) in _coming(fit, repeats, sorted(times), terms).items():
            about = _rounded(known) if many else known
            if about not in falling:
                falling[about] = _falling(fit, repeats, about, terms)
            found[repeats, known] = Prospect(orders, counted, falling[about])
    return found


def _rounded(known: float) -> float:
    """Return a time less than a hundredth away, of few."""
    if known < _EACH_DAY:
        return known
    step = 2.0 ** (frexp(known)[1] - 7)
    return round(known / step) * step


def _coming(
    fit: Fit, repeats: int, times: Sequence[float], terms: Terms
) -> dict[float, tuple[float, float]]:
    """Return the orders to come of a customer known for each of ``times``, rising; and counted."""
    if len(times) <= _POINTS:
        return {known: _formula(fit, repeats, known, terms) for known in times}

    # In these terms the curve is nearly straight.
    def scaled(log_time: float) -> tuple[float, float]:
        time = exp(log_time)
        orders, counted = _formula(fit, repeats, time - fit.alpha, terms)
        return orders * time, counted * time

    low, high = (log(fit.alpha + time) for time in (times[0], times[-1]))
    curve = interpolated(scaled, low, high, _POINTS)
    found = {}
    for known in times:
        time = fit.alpha + known
        orders, counted = curve(log(time))
        found[known] = orders / time, counted / time
    return found


def _formula(fit: Fit, repeats: int, known: float, terms: Terms) -> tuple[float, float]:
    # That the last visit was just now is as good as any.
    rhythm = Rhythm(repeats, known, known)
    quarters = terms.years * _QUARTERS
    ends = (terms.days * n / quarters for n in range(quarters + 1))
    reached = [orders_if_alive(fit, rhythm, end) for end in ends]
    counted = sum(
        (after - before) * terms.now((n + 0.5) / _QUARTERS)
        for n, (before, after) in enumerate(pairwise(reached))
    )
    return reached[-1], counted


def _falling(fit: Fit, repeats: int, known: float, terms: Terms) -> list[float]:
    chances = chances_if_alive(fit, Rhythm(repeats, known, known), terms.days)
    # A shop's day has one visit.
    of_each_day = islice(chances, terms.days)
    return [-chance for chance in takewhile(lambda chance: chance >= _RAREST, of_each_day)]
