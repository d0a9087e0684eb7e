import random

import pytest

from appreciation.value.fitting import fit
from appreciation.value.history import Rhythm
from appreciation.value.model import Fit, Kind, Trust, chances_if_alive, orders_if_alive
from appreciation.value.prospects import Prospect, prospects
from appreciation.value.terms import Terms

TERMS = Terms()


def shop(kind: Kind, r: float, alpha: float, a: float, b: float) -> Fit:
    return Fit(kind, r, alpha, a, b, 0.0, 0, 0, converged=True, trust=Trust.TOTALS)


SHOPS = [
    shop(Kind.MBG, 0.84, 43.4, 0.594, 1.9),
    shop(Kind.MBG, 1.8, 300.0, 0.6, 1.5),
    shop(Kind.BG, 0.24, 31.0, 0.79, 2.4),
    shop(Kind.MBG, 20.0, 3.0, 0.02, 1.5),
]


@pytest.mark.parametrize("made", SHOPS, ids=lambda made: f"{made.kind} {made.r}")
def test_in_a_large_shop_everybody_has_nearly_the_prospects_of_the_formula(made: Fit) -> None:
    many = [Rhythm(x, 0, known) for x in (0, 1, 7, 60) for known in range(1, 3_000, 37)]

    found = prospects(made, many, TERMS)

    for x, _, known in many:
        alone = prospects(made, [Rhythm(x, 0, known)], TERMS)[x, known]
        orders = orders_if_alive(made, Rhythm(x, known, known), TERMS.days)
        assert alone.orders == pytest.approx(orders)
        assert found[x, known].orders == pytest.approx(orders, rel=1e-4)
        assert found[x, known].counted == pytest.approx(alone.counted, rel=1e-4)
        often, rarely = alone.reached_with(0.1), found[x, known].reached_with(0.1)
        assert rarely == pytest.approx(often, rel=0.02, abs=1)


def test_orders_are_reached_with_the_chance_asked_for() -> None:
    one = Rhythm(5, 100, 100)
    chances = chances_if_alive(SHOPS[0], one, TERMS.days)
    exactly = [next(chances) for _ in range(40)]

    found: Prospect = prospects(SHOPS[0], [one], TERMS)[5, 100]

    for n in (1, 2, 5, 20):
        assert found.reached_with(exactly[n - 1]) >= n
        assert found.reached_with(exactly[n - 1] + 1e-12) < n


def test_nobody_is_told_more_visits_than_there_are_days() -> None:
    daily = prospects(shop(Kind.MBG, 50.0, 0.1, 1e-3, 1.0), [Rhythm(900, 0, 10)], TERMS)[900, 10]

    assert daily.reached_with(0.1) == TERMS.days


def lived(luck: random.Random) -> Rhythm:
    """Return a customer of the model: at a rate of their own, perhaps lost after any visit."""
    known = luck.randrange(100, 1_000)
    rate, lost = luck.gammavariate(0.8, 1 / 40), luck.betavariate(0.6, 2)
    at, repeats = 0.0, 0
    while luck.random() >= lost:
        after = at + luck.expovariate(rate)
        if after > known:
            break
        at, repeats = after, repeats + 1
    return Rhythm(repeats, round(at), known)


def test_of_a_very_large_shop_a_part_tells_the_figures() -> None:
    luck = random.Random(2)
    everybody = [lived(luck) for _ in range(30_000)]

    whole, part = fit(everybody), fit(everybody, enough=10_000)

    assert (part.customers, part.repeats) == (whole.customers, whole.repeats)
    for figure in ("r", "alpha", "a", "b"):
        assert getattr(part, figure) == pytest.approx(getattr(whole, figure), rel=0.03)
    assert part.log_likelihood == pytest.approx(whole.log_likelihood, rel=0.002)
    assert fit(reversed(everybody), enough=10_000) == part
