"""Where customers stand: their rank, how well we know them, and who has fallen silent."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from appreciation.value.history import History, Rhythm
from appreciation.value.model import Fit, Trust, chance_alive
from appreciation.value.shop import Flag, Row
from appreciation.value.worth import GONE, PERHAPS_LOST

_TOP = 0.1
# Who came on three days has two gaps of their own, and with them a rhythm.
_HAS_A_RHYTHM = 3
_MUCH_LONGER, _SHORTEST_SILENCE = 3, 14
# Silent for so many gaps is lost, where no model can tell.
_LOST = 10


class Tier(StrEnum):
    """How well a customer is known: what a template may ask, instead of an amount."""

    TOP = "top"
    REGULAR = "regular"
    NEW = "new"


class Standing(NamedTuple):
    """One customer among the others; ``rank`` 1 is worth most.

    ``quiet_on`` is the day from which the silence is much longer than usual,
    None where it is not, or where the customer is as good as lost.
    """

    customer_id: int
    rank: int
    tier: Tier
    last_visit: date
    quiet_on: date | None


def standings(rows: Iterable[Row], currency: str) -> list[Standing]:
    """Return where everybody who bought stands, the first first; the dead do not.

    Ranked by what they may bring, in a shop too young for that by what they
    brought. Amounts of two currencies cannot be compared: those in the shop's
    own ``currency`` come first, and who pays in several stands once.
    """
    found = sorted(_candidate(row, currency) for row in rows if _stands(row))
    first: dict[int, _Candidate] = {}
    for each in found:
        first.setdefault(each.customer_id, each)
    top = ceil(len(first) * _TOP)
    return [_standing(each, rank, top) for rank, each in enumerate(first.values(), start=1)]


class _Candidate(NamedTuple):
    """What a customer is ranked by, first come the smallest; and what is to be kept."""

    foreign: str
    less_to_come: int
    less_so_far: int
    customer_id: int
    new: bool
    last_visit: date
    quiet_on: date | None


def _stands(row: Row) -> bool:
    return row.history is not None and Flag.HAS_DIED not in row.flags


def _candidate(row: Row, currency: str) -> _Candidate:
    assert row.history
    assert row.part
    to_come = row.forecast.future_cents if row.forecast else row.past_cents
    return _Candidate(
        foreign="" if row.currency == currency else row.currency,
        less_to_come=-to_come,
        less_so_far=-row.past_cents,
        customer_id=row.customer_id,
        new=row.history.visits == 1,
        last_visit=row.history.last,
        quiet_on=quiet_on(row.history, row.part.fit),
    )


def _standing(each: _Candidate, rank: int, top: int) -> Standing:
    known = Tier.TOP if rank <= top else Tier.REGULAR
    tier = Tier.NEW if each.new else known
    return Standing(each.customer_id, rank, tier, each.last_visit, each.quiet_on)


def quiet_on(history: History, fit: Fit) -> date | None:
    """Return the day from which the customer's silence is much longer than is usual for them.

    That is three of their own gaps, two weeks at least, and where the shop can
    tell, a chance below 0.8 that they are still ours. None for who has no
    rhythm yet, comes as usual, or is as good as lost.
    """
    if history.visits < _HAS_A_RHYTHM or history.usual_gap is None:
        return None
    after = max(_MUCH_LONGER * history.usual_gap, _SHORTEST_SILENCE)
    if history.silent < after:
        return None
    if fit.trust is Trust.NONE:
        lost = history.silent >= max(_LOST * history.usual_gap, 2 * after)
        return None if lost else history.last + timedelta(days=after)
    repeats, active, _ = history.rhythm

    def is_quiet(silent: int) -> bool:
        return chance_alive(fit, Rhythm(repeats, active, active + silent)) < PERHAPS_LOST

    if not is_quiet(history.silent) or chance_alive(fit, history.rhythm) < GONE:
        return None
    # The chance only falls while they are silent.
    since = bisect_left(range(history.silent), 1, lo=after, key=is_quiet)
    return history.last + timedelta(days=since)
