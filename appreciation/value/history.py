"""What one customer bought, as the model of buying sees it: visits, gaps and silence."""

from array import array
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

# Each number of days once: customers share them.
_SAME: dict[int, int] = {}


class Purchase(NamedTuple):
    """One order or refund: the shop's own local day, and cents, below zero for a refund.

    All purchases of one run are in one currency. A plain tuple does as well:
    where there are millions, naming each takes longer than reading it.
    """

    day: date
    cents: int


class Rhythm(NamedTuple):
    """All that the model wants to know of a customer; times are in days.

    ``repeats`` counts the visits after the first (x in the literature),
    ``active`` is the time from the first visit to the last (t_x), ``known``
    the time from the first visit to the day of asking (T).
    """

    repeats: int
    active: float
    known: float


class History(NamedTuple):
    """What a customer who came at least once has bought, up to and including ``as_of``.

    A visit is a day with more than nothing left after its refunds, however
    many orders it had: ``visit_cents`` has one sum for each, oldest first.
    ``refund_cents`` has the days that ended below zero, each below zero too.
    """

    as_of: date
    rhythm: Rhythm
    orders: int
    # Packed: a million customers have many visits.
    visit_cents: Sequence[int]
    refund_cents: tuple[int, ...]
    usual_gap: int | None

    @property
    def visits(self) -> int:
        """How many days the customer came and paid."""
        return len(self.visit_cents)

    @property
    def cents(self) -> int:
        """All money of the customer, net of refunds."""
        return sum(self.visit_cents) + sum(self.refund_cents)

    @property
    def silent(self) -> int:
        """Days since the last visit."""
        return round(self.rhythm.known - self.rhythm.active)

    @property
    def first(self) -> date:
        """The day of the first visit."""
        return self.as_of - timedelta(days=self.rhythm.known)

    @property
    def last(self) -> date:
        """The day of the last visit."""
        return self.as_of - timedelta(days=self.silent)


def history(purchases: Iterable[tuple[date, int]], as_of: date) -> History | None:
    """Return the history of one customer, or None for one who never came and paid.

    ``as_of`` is the last day whose orders are complete: what came later is
    left out, and with a day too late everybody looks silent.
    """
    by_day: dict[date, int] = {}
    orders = 0
    for day, cents in purchases:
        if day <= as_of:
            by_day[day] = by_day.get(day, 0) + cents
            orders += cents > 0
    days = sorted(by_day)
    visits = [day for day in days if by_day[day] > 0]
    if not visits:
        return None
    first, last = visits[0], visits[-1]
    return History(
        as_of=as_of,
        rhythm=Rhythm(len(visits) - 1, _same((last - first).days), _same((as_of - first).days)),
        orders=orders,
        visit_cents=array("q", [by_day[day] for day in visits]),
        refund_cents=tuple([by_day[day] for day in days if by_day[day] < 0]),
        usual_gap=_usual_gap(visits),
    )


def _same(days: int) -> int:
    return _SAME.setdefault(days, days)


def past_cents(purchases: Iterable[tuple[date, int]], as_of: date) -> int:
    """Return the money up to and including ``as_of``, net of refunds, of anybody.

    Also of someone who has no history since every order was refunded.
    """
    return sum([cents for day, cents in purchases if day <= as_of])


def _usual_gap(visits: list[date]) -> int | None:
    """Return the median of the days between visits; of two in the middle, the longer."""
    gaps = sorted((after - before).days for before, after in pairwise(visits))
    return gaps[len(gaps) // 2] if gaps else None
