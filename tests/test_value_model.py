import random
import subprocess
import sys
from functools import partial
from itertools import pairwise, product, takewhile
from math import exp, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.value.descent import Slope
from appreciation.value.fitting import Prior, fit, log_likelihood, log_prior, sample_of
from appreciation.value.history import Rhythm
from appreciation.value.model import (
    Fit,
    Kind,
    Trust,
    chance_alive,
    chances_if_alive,
    expected_orders,
    orders_if_alive,
)

# A busy machine may take its time.
some = settings(deadline=None)

WEEK = 7
FIVE_YEARS = 1826


def made(
    r: float = 1.2569,
    alpha: float = 6.0391 * WEEK,
    a: float = 0.3683,
    b: float = 0.7158,
    kind: Kind = Kind.MBG,
) -> Fit:
    return Fit(kind, r, alpha, a, b, 0.0, 1000, 1000, converged=True, trust=Trust.TOTALS)


def seeded(number: int) -> random.Random:
    return random.Random(number)


def customers(many: int, luck: random.Random, days: int = 365) -> list[Rhythm]:
    """Return a shop's customers as the model says they live."""
    return [_customer(luck, luck.randrange(days // 3, days)) for _ in range(many)]


def _customer(luck: random.Random, known: int) -> Rhythm:
    rate, lost = luck.gammavariate(0.8, 1 / 20), luck.betavariate(0.6, 2)
    visits, at = {0}, 0.0
    while luck.random() >= lost:
        at += luck.expovariate(rate) if rate else known
        if at > known:
            break
        visits.add(int(at))
    return Rhythm(len(visits) - 1, max(visits), known)


rates = st.floats(0.05, 20)
fits = st.builds(
    made,
    r=rates,
    alpha=st.floats(1, 1000),
    a=st.floats(0.02, 20) | st.just(1.0),
    b=rates,
    kind=st.sampled_from(Kind),
)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    known = draw(st.integers(1, 2000))
    active = draw(st.integers(0, known))
    return Rhythm(draw(st.integers(1, active)) if active else 0, active, known)


@pytest.mark.parametrize(
    ("weeks", "alive", "at_risk"),
    [
        (1, 0.983, 2.7),
        (2, 0.959, 6.4),
        (3, 0.907, 14.5),
        (4, 0.804, 30),
        (6, 0.432, 86),
        (8, 0.129, 128),
        (12, 0.006, 139),
    ],
)
def test_a_weekly_customer_fades_within_weeks(weeks: int, alive: float, at_risk: float) -> None:
    silent = Rhythm(52, 52 * WEEK, (52 + weeks) * WEEK)

    chance = chance_alive(made(), silent)
    orders = expected_orders(made(), silent, FIVE_YEARS) / chance * (1 - chance)

    assert chance == pytest.approx(alive, abs=0.0006)
    assert orders == pytest.approx(at_risk, rel=0.02)


@pytest.mark.parametrize(("weeks", "alive"), [(8, 0.862), (12, 0.741), (26, 0.203)])
def test_a_monthly_customer_is_given_more_time(weeks: int, alive: float) -> None:
    silent = Rhythm(12, 52 * WEEK, (52 + weeks) * WEEK)

    assert chance_alive(made(), silent) == pytest.approx(alive, abs=0.0006)


def test_with_bg_a_customer_of_one_order_is_never_lost_and_with_mbg_they_are() -> None:
    once = Rhythm(0, 0, 1000)

    assert chance_alive(made(kind=Kind.BG), once) == 1
    assert chance_alive(made(), once) < 0.1


def test_five_thousand_visits_in_a_hundred_days_are_still_a_number() -> None:
    orders = expected_orders(made(), Rhythm(5_000, 100, 100), 100)
    hardly = expected_orders(made(), Rhythm(5_000, 95, 100), 100)

    assert 1000 < orders < 5000
    assert 0 <= hardly < 1e-9


def test_who_came_daily_and_then_stayed_away_for_years_is_lost() -> None:
    assert chance_alive(made(), Rhythm(1_000, 1_000, 10_000)) == 0
    assert expected_orders(made(), Rhythm(1_000, 1_000, 10_000), FIVE_YEARS) == 0


@pytest.mark.parametrize("corner", [*product([exp(-9), 1.0, exp(9)], repeat=4)])
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("one", [Rhythm(0, 0, 0), Rhythm(0, 0, 900), Rhythm(9, 90, 99)])
def test_the_oddest_shop_expects_no_more_than_of_customers_who_are_never_lost(
    kind: Kind, corner: tuple[float, float, float, float], one: Rhythm
) -> None:
    shop = made(*corner, kind=kind)
    most = (shop.r + one.repeats) / (shop.alpha + one.known) * FIVE_YEARS

    assert 0 <= expected_orders(shop, one, FIVE_YEARS) <= most * (1 + 1e-12)


@some
@given(fits, rhythms(), st.integers(1, 2000))
def test_who_came_more_recently_is_never_less_alive(shop: Fit, one: Rhythm, later: int) -> None:
    recent = Rhythm(one.repeats, min(one.active + later, one.known), one.known)

    assert 0 <= chance_alive(shop, one) <= chance_alive(shop, recent) <= 1


@some
@given(fits, rhythms(), st.floats(0.1, 4000), st.floats(0.1, 4000))
def test_a_longer_horizon_never_brings_fewer_orders(
    shop: Fit, one: Rhythm, days: float, more: float
) -> None:
    orders, later = (expected_orders(shop, one, each) for each in (days, days + more))

    assert isfinite(later)
    assert 0 <= orders <= later * (1 + 1e-9) + 1e-9


@some
@given(fits, rhythms())
def test_no_time_brings_no_orders(shop: Fit, one: Rhythm) -> None:
    assert expected_orders(shop, one, 0) == 0


@some
@given(fits, rhythms(), st.integers(1, 400))
def test_the_chances_of_each_number_of_orders_add_up_to_the_expected_number(
    shop: Fit, one: Rhythm, days: int
) -> None:
    chances = list(takewhile(lambda each: each > 1e-13, chances_if_alive(shop, one, days)))

    assert all(before >= after for before, after in pairwise(chances))
    if_alive = orders_if_alive(shop, one, days)
    assert sum(chances) == pytest.approx(if_alive, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("logs", [[-0.4, 0.8, -0.7, 0.4], [1.1, -0.5, 0.3, 2.0]])
def test_the_slope_is_that_of_the_likelihood_and_of_the_prior(
    kind: Kind, logs: list[float]
) -> None:
    sample = sample_of(customers(60, seeded(1)))

    told: Slope
    for told in (partial(log_likelihood, sample, kind), partial(log_prior, sample)):
        _, slope = told(logs)
        for i in range(4):
            above, below = ([x + d * (i == j) for j, x in enumerate(logs)] for d in (1e-5, -1e-5))
            rise = (told(above)[0] - told(below)[0]) / 2e-5
            assert slope[i] == pytest.approx(rise, rel=1e-5, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.lists(rhythms(), max_size=20), st.randoms())
def test_the_order_of_customers_tells_nothing(shop: list[Rhythm], luck: object) -> None:
    shuffled = shop.copy()
    luck.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fit(shuffled) == fit(shop)


@pytest.mark.parametrize("kind", Kind)
def test_small_shops_get_sensible_figures_every_time(
    kind: Kind, capsys: pytest.CaptureFixture[str]
) -> None:
    luck = seeded(2)
    everybody = customers(2000, luck)

    for _ in range(200):
        shop = luck.sample(everybody, 30)
        found = fit(shop, kind)
        for one in shop:
            assert 0 <= chance_alive(found, one) <= 1
            assert 0 <= expected_orders(found, one, FIVE_YEARS) < 5000
        assert found.trust is Trust.RANK
    assert capsys.readouterr().out == ""


def test_without_the_prior_a_degenerate_shop_is_not_trusted() -> None:
    luck = seeded(3)
    everybody = customers(2000, luck)
    found = [fit(luck.sample(everybody, 30), prior=Prior.NONE) for _ in range(40)]

    assert {one.trust for one in found} == {Trust.NONE, Trust.RANK}
    for one in found:
        assert isfinite(expected_orders(one, Rhythm(3, 100, 200), FIVE_YEARS))


@pytest.mark.parametrize("kind", Kind)
def test_without_the_prior_a_shop_to_which_nobody_comes_back_is_not_trusted(kind: Kind) -> None:
    shop = [Rhythm(0, 0, 400)] * 5_000 + [Rhythm(1, 1, 400)] * 20

    assert fit(shop, kind, Prior.NONE).trust is Trust.NONE


def test_a_fit_finds_the_figures_that_the_customers_were_made_with() -> None:
    found = fit(customers(5000, seeded(4)))

    assert found.converged
    assert found.trust is Trust.TOTALS
    assert found.r / found.alpha == pytest.approx(0.8 / 20, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.6 / 2.6, rel=0.15)


@pytest.mark.parametrize(
    "shop",
    [
        [],
        [Rhythm(0, 0, 0)],
        [Rhythm(0, 0, 400)] * 50,
        [Rhythm(0, 0, n) for n in range(100)],
        [Rhythm(5, 20, 20)] * 100,
        [Rhythm(1, 100, 100)] * 9,
        [Rhythm(5, 100, 100)] * 100,
        [Rhythm(0, 0, 3650)] * 100_000,
    ],
    ids=[
        "nobody",
        "today",
        "one-timers",
        "all new",
        "a month old",
        "nine repeats",
        "clockwork",
        "huge",
    ],
)
@pytest.mark.parametrize("prior", Prior)
@pytest.mark.parametrize("kind", Kind)
def test_a_shop_too_young_or_too_odd_gets_no_forecast(
    shop: list[Rhythm], kind: Kind, prior: Prior
) -> None:
    found = fit(shop, kind, prior)

    assert found.trust is Trust.NONE
    assert isfinite(expected_orders(found, Rhythm(0, 0, 10), 365))


def test_the_unit_of_time_does_not_matter() -> None:
    shop = customers(200, seeded(5))
    stretched = [Rhythm(one.repeats, one.active * 3, one.known * 3) for one in shop]

    one, other = fit(shop), fit(stretched)

    assert other.alpha == pytest.approx(one.alpha * 3, rel=1e-4)
    assert (other.r, other.a, other.b) == pytest.approx((one.r, one.a, one.b), rel=1e-4)


@pytest.mark.parametrize(("days", "trust"), [(55, Trust.NONE), (56, Trust.RANK)])
def test_eight_weeks_are_history_enough(days: int, trust: Trust) -> None:
    shop = [Rhythm(0, 0, days - n) for n in range(20)]
    shop += [Rhythm(2, 20 + n, 50) for n in range(20)]

    assert fit(shop).trust is trust


@pytest.mark.parametrize(
    ("many", "trust"), [(299, Trust.RANK), (300, Trust.TOTALS), (30, Trust.RANK)]
)
def test_totals_are_for_shops_of_300_customers(many: int, trust: Trust) -> None:
    assert fit(customers(many, seeded(6))).trust is trust


def test_the_room_needs_nothing_but_the_standard_library() -> None:
    listing = (
        "import sys; import appreciation.value.worth, appreciation.value.referrals; "
        "print({name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", listing], check=True, capture_output=True, text=True
    ).stdout

    assert not {"sqlalchemy", "numpy", "scipy", "pydantic", "babel"} & set(loaded.split("'"))
