"""The model of buying (MBG/NBD, BG/NBD): is the customer still ours, and how often will they come.

Each customer comes at a rate of their own and may, after any visit, be lost
for good. Fader, Hardie & Lee 2005 and Batislam et al. 2007.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import exp, expm1, inf, isfinite, log, log1p

from appreciation.value.history import Rhythm

_EXACT = 1e-13
_TERMS = 20_000
# At a = 1 and at c = 0 the formula is 0 / 0; so near to it is as good.
_NUDGE = 1e-9
# exp() of more overflows; a chance of e^-700 is none.
_LARGEST_LOG = 700.0


class Kind(StrEnum):
    """Which model: with BG a customer of one order is alive for ever, with MBG not."""

    MBG = "mbg"
    BG = "bg"

    @property
    def lost_at_first(self) -> int:
        """1 where a customer may be lost after the first visit already, else 0."""
        return int(self is Kind.MBG)


class Trust(StrEnum):
    """What the figures of a fit may be used for."""

    NONE = "none"  # no forecast: only the past, and for how long they are silent
    RANK = "rank"  # an order of customers, and ranges
    TOTALS = "totals"  # the shop's totals too


@dataclass(frozen=True, slots=True)
class Fit:
    """The shop's customers in four figures, and how far these can be trusted.

    Rates of coming are gamma(``r``, ``alpha``) a day, chances of being lost
    after a visit beta(``a``, ``b``). ``alpha`` is in days, and so is the unit
    of ``log_likelihood`` (that of a fit in weeks is larger by repeats x ln 7).
    """

    kind: Kind
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int
    repeats: int
    converged: bool
    trust: Trust

    @property
    def sound(self) -> bool:
        """Whether the figures may describe a shop, and not the lack of one."""
        share, size = self.a / (self.a + self.b), self.a + self.b
        # Beyond these no fit of 200 small shops made sense.
        return self.converged and self.r <= 50 and 0.005 <= share <= 0.98 and 0.01 <= size <= 500  # noqa: PLR2004


def chance_alive(fit: Fit, rhythm: Rhythm) -> float:
    """Return the chance, 0 to 1, that the customer has not been lost yet.

    It is not the chance of an order within some time: see :func:`expected_orders`.
    """
    x, active, known = rhythm
    if fit.kind is Kind.BG and x == 0:
        return 1.0
    silence = log1p((known - active) / (fit.alpha + active))
    odds = log(fit.a) - log(_lived_through(fit, x) - 1) + (fit.r + x) * silence
    return 1 / (1 + exp(odds)) if odds < _LARGEST_LOG else 0.0


def expected_orders(fit: Fit, rhythm: Rhythm, days: float) -> float:
    """Return how many visits to expect within the ``days`` after the day of asking."""
    return orders_if_alive(fit, rhythm, days) * chance_alive(fit, rhythm)


def orders_if_alive(fit: Fit, rhythm: Rhythm, days: float) -> float:
    """Return how many visits to expect within ``days`` of a customer who is not lost today.

    The published expectation after Euler's transformation: in the textbook's
    form a customer of 5,000 visits overflows.
    """
    if days <= 0:
        return 0.0
    x, _, known = rhythm
    a = fit.a if abs(fit.a - 1) > _NUDGE else 1 + _NUDGE
    c = a + _lived_through(fit, x) - 1
    c = c if abs(c) > _NUDGE else _NUDGE
    z = days / (fit.alpha + known + days)
    rest = log1p(-z) * (a - 1)
    series = _gauss(a - 1, a + fit.b - 1 + fit.kind.lost_at_first - fit.r, c, z)
    found = -c / (a - 1) * (expm1(rest) + exp(rest) * series) if rest < _LARGEST_LOG else inf
    # Nobody comes more often than one who is never lost.
    most = (fit.r + x) * days / (fit.alpha + known)
    return min(max(found, 0.0), most) if isfinite(found) else most


def chances_if_alive(fit: Fit, rhythm: Rhythm, days: float) -> Iterator[float]:
    """Yield the chances of at least 1, 2, 3, ... visits within ``days``; they never rise.

    Of a customer who is not lost today; the day of the last visit does not matter.
    To come n times within ``days`` takes a rate that yields n (a negative
    binomial) and to survive n - 1 visits (a ratio of betas); the two are
    independent of each other.
    """
    shape = fit.r + rhythm.repeats
    z = days / (fit.alpha + rhythm.known + days)
    lived = _lived_through(fit, rhythm.repeats)
    survives = 1.0
    log_exactly, fewer, n = shape * log1p(-z), 0.0, 0
    while True:
        fewer = min(1.0, fewer + exp(log_exactly))
        yield survives * (1 - fewer)
        log_exactly += log((shape + n) / (n + 1) * z) if z else 0.0
        survives *= (lived + n) / (fit.a + lived + n)
        n += 1


def _lived_through(fit: Fit, x: int) -> float:
    """Return b and the visits after which the customer, if not lost, might have been."""
    return fit.b + x + fit.kind.lost_at_first


def _gauss(a: float, b: float, c: float, z: float) -> float:
    """Return Gauss's 2F1(a, b; c; z) less 1, for 0 <= z < 1, by its series."""
    total, term = 0.0, 1.0
    for n in range(_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) <= _EXACT * abs(total):
            break
    return total
