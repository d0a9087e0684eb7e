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
from appreciation.value.worth import GONE

_TOP = 0.1
# Who came on three days has two gaps of their own, and with them a rhythm.
_HAS_A_RHYTHM = 3
_MUCH_LONGER, _SHORTEST_SILENCE = 3, 14
# Silent for so many gaps is lost, where no model can tell.
_LOST = 10
# Somewhat likely to be lost: a weekly customer after four weeks.
_PERHAPS_LOST = 0.8


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
    own ``currency`` come first.
    """
    known = [row for row in rows if row.history and Flag.HAS_DIED not in row.flags]
    known.sort(
        key=lambda row: (
            row.currency != currency,
            row.currency,
            -(row.forecast.future_cents if row.forecast else row.past_cents),
            -row.past_cents,
            row.customer_id,
        )
    )
    places: dict[int, Row] = {}
    for row in known:
        places.setdefault(row.customer_id, row)
    top = ceil(len(places) * _TOP)
    return [_standing(row, rank, top) for rank, row in enumerate(places.values(), start=1)]


def _standing(row: Row, rank: int, top: int) -> Standing:
    assert row.history
    assert row.part
    known = Tier.TOP if rank <= top else Tier.REGULAR
    tier = Tier.NEW if row.history.visits == 1 else known
    quiet = quiet_on(row.history, row.part.fit)
    return Standing(row.customer_id, rank, tier, row.history.last, quiet)


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
        return chance_alive(fit, Rhythm(repeats, active, active + silent)) < _PERHAPS_LOST

    if not is_quiet(history.silent) or chance_alive(fit, history.rhythm) < GONE:
        return None
    # The chance only falls while they are silent.
    since = bisect_left(range(history.silent), 1, lo=after, key=is_quiet)
    return history.last + timedelta(days=since)
