"""Finding the four figures of a shop: the likeliest, held off the absurd by a weak prior.

The prior was fixed before any result was seen. At 300 customers it is
invisible; at 30, half of all shops have no sensible figures without it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, exp, inf, log, log1p

from appreciation.value.descent import lowest
from appreciation.value.history import Rhythm
from appreciation.value.model import Fit, Kind, Trust

_BOX = 9.0
_LONGEST = 10.0
# Of more customers as many, evenly chosen, tell the figures to a third of a percent.
_ENOUGH = 100_000
FEWEST_DAYS, FEWEST_REPEATS, _FEWEST_FOR_TOTALS = 56, 10, 300

# The centre of the prior, where a shop starts of which nothing is known.
_R, _RATE_FACTOR, _LOST_LOGIT, _LOST_SIZE = 0.7, 1.5, -1.7, 2.0


class Prior(StrEnum):
    """What is known of shops before this one is looked at."""

    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sample:
    """The customers of a shop, equal ones counted together, in a unit of time that suits.

    ``by_repeats`` has for each number of repeats the (active, known, how many
    customers); ``beyond[i]`` is how many customers have more than i repeats.
    """

    by_repeats: list[tuple[int, list[tuple[float, float, int]]]]
    beyond: list[int]
    times: list[float]
    customers: int
    repeats: int
    all_known: float
    days_in_unit: float

    @property
    def log_rate(self) -> float:
        """The prior's guess at ln(r / alpha): a little above what the shop saw."""
        return log(_RATE_FACTOR * max(self.repeats, 0.5) / self.all_known)


def fit(
    rhythms: Iterable[Rhythm],
    kind: Kind = Kind.MBG,
    prior: Prior = Prior.WEAK,
    enough: int = _ENOUGH,
) -> Fit:
    """Return the figures that explain ``rhythms`` best; one-timers belong to them.

    It never fails: what cannot be fitted comes back with ``Trust.NONE``. The
    order of the rows does not matter. Of more than ``enough`` customers every
    n-th in the order of their rhythms is looked at.
    """
    everybody = sorted(rhythms)
    step = max(ceil(len(everybody) / enough), 1)
    sample = sample_of(everybody[step // 2 :: step])
    if not sample.customers:
        r, alpha, a, b = (exp(x) for x in _start(sample))
        return Fit(kind, r, alpha, a, b, 0.0, 0, 0, converged=False, trust=Trust.NONE)

    def slope(logs: list[float]) -> tuple[float, list[float]]:
        value, gradient = log_likelihood(sample, kind, logs)
        held, pull = log_prior(sample, logs) if prior is Prior.WEAK else (0.0, [0.0] * 4)
        n = sample.customers
        return -(value + held) / n, [-(g + p) / n for g, p in zip(gradient, pull, strict=True)]

    end = lowest(slope, _start(sample), _BOX)
    value, _ = log_likelihood(sample, kind, end.at)
    r, alpha, a, b = (exp(x) for x in end.at)
    unit = sample.days_in_unit
    found = Fit(
        kind,
        r,
        alpha * unit,
        a,
        b,
        (value - sample.repeats * log(unit)) * len(everybody) / sample.customers,
        len(everybody),
        sum(rhythm.repeats for rhythm in everybody),
        converged=end.found and max(map(abs, end.at)) < _BOX,
        trust=_trust(sample),
    )
    return found if found.sound else replace(found, trust=Trust.NONE)


def sample_of(rhythms: Iterable[Rhythm]) -> Sample:
    """Return the sample that ``rhythms`` make, its longest time being ten units."""
    counted = sorted(Counter(rhythms).items())
    longest = max((rhythm.known for rhythm, _ in counted), default=0.0)
    unit = max(longest, 1.0) / _LONGEST
    groups: dict[int, list[tuple[float, float, int]]] = {}
    for (x, active, known), many in counted:
        groups.setdefault(x, []).append((active / unit, known / unit, many))
    rows = [row for group in groups.values() for row in group]
    return Sample(
        by_repeats=list(groups.items()),
        beyond=_beyond(groups),
        times=sorted({time for active, known, _ in rows for time in (active, known)}),
        customers=sum(many for _, _, many in rows),
        repeats=sum(rhythm.repeats * many for rhythm, many in counted),
        # A shop that opened today: as if one customer had been known for a day.
        all_known=max(sum(known * many for _, known, many in rows), 1 / unit),
        days_in_unit=unit,
    )


def _beyond(groups: dict[int, list[tuple[float, float, int]]]) -> list[int]:
    left = [0] * (max(groups, default=0) + 1)
    for x, group in groups.items():
        left[x] = sum(many for _, _, many in group)
    for x in range(len(left) - 2, -1, -1):
        left[x] += left[x + 1]
    return left[1:]


def log_likelihood(sample: Sample, kind: Kind, logs: list[float]) -> tuple[float, list[float]]:
    """Return the log likelihood, time in the sample's unit, and its slope by each log.

    ``logs`` are those of r, alpha, a and b.
    """
    r, alpha, a, b = (exp(x) for x in logs)
    n, k = sample.customers, kind.lost_at_first
    value, by_r, by_alpha = n * r * logs[1], n * logs[1], n * r / alpha
    by_a = by_b = 0.0
    for i, many in enumerate(sample.beyond):
        value += many * log(r + i)
        by_r += many / (r + i)
    # Those who may have been lost after visit i and were not.
    for i, many in enumerate([n] * k + sample.beyond):
        value += many * log((b + i) / (a + b + i))
        by_a -= many / (a + b + i)
        by_b += many * (1 / (b + i) - 1 / (a + b + i))
    logged = {time: log(alpha + time) for time in sample.times}
    for x, group in sample.by_repeats:
        shape, odds = r + x, b + x - 1 + k
        # Without a repeat, BG knows of no visit after which one might be lost.
        edge = log(a / odds) if x + k else -inf
        waited, mixed, lost, lost_waited, by_time = _summed(group, alpha, logged, shape, edge)
        value += mixed - shape * waited
        by_r += lost_waited - waited
        by_alpha -= shape * by_time
        by_a += lost / a
        by_b -= lost / odds if x + k else 0.0
    return value, [by_r * r, by_alpha * alpha, by_a * a, by_b * b]


def _summed(
    group: list[tuple[float, float, int]],
    alpha: float,
    logged: dict[float, float],
    shape: float,
    edge: float,
) -> tuple[float, float, float, float, float]:
    """Return the sums over customers of as many repeats that the likelihood is made of.

    The time they were known (log), the log of how the two ends add up (still
    ours, lost at the last visit), the chance of the second, that chance times
    the silence (log), and the slope of the time by alpha.
    """
    waited = mixed = lost = lost_waited = by_time = 0.0
    for active, known, many in group:
        long = logged[known]
        silence = long - logged[active]
        odds = edge + shape * silence
        small = exp(-abs(odds))
        share = (1 if odds > 0 else small) / (1 + small) * many
        waited += many * long
        mixed += many * (max(odds, 0.0) + log1p(small))
        lost += share
        lost_waited += share * silence
        by_time += many / (alpha + known) + share * (1 / (alpha + active) - 1 / (alpha + known))
    return waited, mixed, lost, lost_waited, by_time


def log_prior(sample: Sample, logs: list[float]) -> tuple[float, list[float]]:
    """Return the log of the weak prior, up to a constant, and its slope by each log.

    Normal in how much the rates differ, the mean rate, the share lost at a
    visit, and how much these shares differ. It counts once for the whole shop.
    """
    log_r, log_alpha, log_a, log_b = logs
    a, b = exp(log_a), exp(log_b)
    differ = log_r - log(_R)
    rate = (log_r - log_alpha - sample.log_rate) / 2
    share = log_a - log_b - _LOST_LOGIT
    size = log((a + b) / _LOST_SIZE)
    value = -(differ**2 + rate**2 + share**2 + size**2) / 2
    part = a / (a + b)
    return value, [-differ - rate / 2, rate / 2, -share - size * part, share - size * (1 - part)]


def _start(sample: Sample) -> list[float]:
    return [log(_R), log(_R) - sample.log_rate, log(0.5), log(1.5)]


def _trust(sample: Sample) -> Trust:
    longest = max(sample.times) * sample.days_in_unit
    if longest < FEWEST_DAYS or sample.repeats < FEWEST_REPEATS:
        return Trust.NONE
    return Trust.TOTALS if sample.customers >= _FEWEST_FOR_TOTALS else Trust.RANK
