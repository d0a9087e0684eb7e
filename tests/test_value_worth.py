import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.value.history import History, Purchase, history
from appreciation.value.life_events import LifeEvent, what_if_cents
from appreciation.value.model import Fit, Kind, Trust, expected_orders
from appreciation.value.order_value import UsualOrders
from appreciation.value.terms import Terms
from appreciation.value.worth import (
    Forecast,
    may_slip,
    total_range,
    worth,
)

# A busy machine may take its time.
some = settings(deadline=None)

WEEK = 7
TODAY = date(2026, 11, 20)
USUAL = UsualOrders(mean=1_000, limit=10_000)
SHOP = Fit(
    Kind.MBG,
    1.2569,
    6.0391 * WEEK,
    0.3683,
    0.7158,
    0.0,
    500,
    900,
    converged=True,
    trust=Trust.TOTALS,
)
WHOLE = Terms(margin=1.0)


def weekly(weeks: int = 52, *, silent: int = 0, cents: int = 500) -> History:
    """Return a customer who came once and then each week of ``weeks``, and ``silent`` weeks not."""
    last = TODAY - timedelta(weeks=silent)
    bought = [Purchase(last - timedelta(weeks=n), cents) for n in range(weeks + 1)]
    found = history(bought, TODAY)
    assert found
    return found


def forecast(one: History, shop: Fit = SHOP, terms: Terms = WHOLE) -> Forecast:
    found = worth(one, shop, USUAL, terms).forecast
    assert found
    return found


def test_the_past_is_net_money_times_margin() -> None:
    bought = [Purchase(TODAY, 1_000), Purchase(TODAY - timedelta(9), 2_000)]
    returned = history([*bought, Purchase(TODAY - timedelta(3), -500)], TODAY)
    assert returned

    assert worth(returned, SHOP, USUAL).past_cents == 1_500


def test_money_that_comes_later_is_worth_less() -> None:
    at_par = forecast(weekly(), terms=Terms(margin=1, discount=0))
    discounted = forecast(weekly())
    orders = expected_orders(SHOP, weekly().rhythm, 1826)

    assert at_par.future_cents == pytest.approx(orders * at_par.order_cents, abs=1)
    # 161.4 orders are worth 131.4.
    assert discounted.future_cents / at_par.future_cents == pytest.approx(131.4 / 161.4, abs=1e-3)


@pytest.mark.parametrize(("years", "dollars"), [(1, 230), (5, 956), (10, 1_669), (20, 2_824)])
def test_a_weekly_customer_of_five_dollars_is_worth_what_was_measured(
    years: int, dollars: int
) -> None:
    usual = UsualOrders(mean=500)
    terms = Terms(margin=1, years=years, discount=0)

    found = worth(weekly(104), SHOP, usual, terms)

    assert found.forecast
    assert found.forecast.future_cents / 100 == pytest.approx(dollars, rel=0.01)
    # The pace kept for all these years is no forecast.
    assert found.if_they_stay_cents == pytest.approx(years * 26_000, rel=0.01)


def test_what_is_at_risk_is_what_the_silence_took() -> None:
    silent = forecast(weekly(silent=4))

    assert silent.chance_alive == pytest.approx(0.804, abs=0.0006)
    lost = silent.future_cents / silent.chance_alive * (1 - silent.chance_alive)
    assert silent.at_risk_cents == pytest.approx(lost, abs=2)


def test_low_and_high_hold_what_8_of_10_such_customers_bring() -> None:
    steady, silent, gone = (forecast(weekly(silent=weeks)) for weeks in (0, 6, 20))

    assert 0 < steady.low_cents < steady.future_cents < steady.high_cents
    assert silent.low_cents == 0
    assert silent.high_cents > silent.future_cents
    assert gone.low_cents == 0
    assert gone.high_cents == gone.future_cents < 5


def test_nobody_comes_more_than_once_a_day() -> None:
    bought = [Purchase(TODAY - timedelta(n), 1_000) for n in range(1_500)]
    daily = history(bought, TODAY)
    assert daily

    high = forecast(daily, replace(SHOP, a=0.001, b=5), Terms(margin=1, discount=0)).high_cents

    assert high <= 1_826 * 1_000


def lived(luck: random.Random) -> list[int]:
    """Return the days on which a customer made as the model says comes in seven years."""
    rate, lost = luck.gammavariate(SHOP.r, 1 / SHOP.alpha), luck.betavariate(SHOP.a, SHOP.b)
    days, at = [0.0], 0.0
    while luck.random() >= lost and at < 7 * 366:
        at += luck.expovariate(rate)
        days.append(at)
    return sorted({int(day) for day in days})


def test_of_customers_who_live_as_the_model_says_8_of_10_lie_between_low_and_high() -> None:
    luck = random.Random(7)
    usual, terms = UsualOrders(mean=1_000), Terms(margin=1, discount=0)
    below = above = 0
    for _ in range(600):
        days, start = lived(luck), TODAY - timedelta(luck.randrange(100, 400))
        one = history([Purchase(start + timedelta(day), 1_000) for day in days], TODAY)
        assert one
        came = 1_000 * sum(0 < day - one.rhythm.known <= terms.days for day in days)
        found = worth(one, SHOP, usual, terms).forecast
        assert found
        below += came < found.low_cents
        above += came > found.high_cents

    assert below / 600 < 0.12
    assert 0.04 < above / 600 < 0.12


def test_a_shop_too_young_gets_the_past_and_no_forecast() -> None:
    found = worth(weekly(), replace(SHOP, trust=Trust.NONE), USUAL)

    assert found.forecast is None
    assert found.past_cents == round(53 * 500 * 0.6)


def test_a_wedding_counts_in_the_past_and_not_in_the_future() -> None:
    bought = [Purchase(TODAY - timedelta(weeks=n), 500) for n in range(53)]
    plain = history(bought, TODAY)
    wedding = history([*bought, Purchase(TODAY - timedelta(weeks=9), 500_000)], TODAY)
    assert plain
    assert wedding

    one, other = (worth(each, SHOP, USUAL, WHOLE) for each in (plain, wedding))

    assert other.past_cents - one.past_cents == 500_000
    assert other.unusual_cents == (500_500,)
    assert one.forecast
    assert other.forecast
    assert other.forecast.future_cents < 1.4 * one.forecast.future_cents


def test_two_visits_on_two_days_are_no_daily_habit() -> None:
    bought = [Purchase(TODAY, 500), Purchase(TODAY - timedelta(1), 500)]
    new = history(bought, TODAY)
    assert new

    found = worth(new, SHOP, USUAL, WHOLE).if_they_stay_cents

    assert found is not None
    assert found < 40 * 1_000
    assert worth(weekly(0), SHOP, USUAL).if_they_stay_cents is None


def test_who_may_be_lost_is_slipping_and_who_is_surely_ours_or_lost_is_not() -> None:
    slips = {weeks: may_slip(forecast(weekly(silent=weeks))) for weeks in (0, 2, 5, 8, 30)}

    assert slips == {0: False, 2: False, 5: True, 8: True, 30: False}
    bought_nothing_for_long = forecast(weekly(silent=5), terms=Terms(margin=1e-9))
    assert not may_slip(bought_nothing_for_long)


def test_a_shop_of_fewer_than_a_hundred_has_no_total() -> None:
    assert total_range(99) is None
    assert total_range(100) == pytest.approx((0.595, 1.5625), abs=0.001)
    assert total_range(5_000) == pytest.approx((0.752, 1.316), abs=0.001)


def test_a_wedding_to_come_is_the_owners_own_what_if() -> None:
    wedding = LifeEvent("her wedding", 2028, 300_000, times=2, chance=0.5)

    assert what_if_cents([wedding], TODAY, Terms(margin=0.6)) == round(180_000 / 1.21)
    assert what_if_cents([wedding, replace(wedding, year=2025)], TODAY) == round(180_000 / 1.21)
    assert what_if_cents([], TODAY) == 0


@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_a_chance_is_between_none_and_certain(chance: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        LifeEvent("a wedding", 2030, 300_000, chance=chance)


@some
@given(st.integers(0, 120), st.integers(0, 60), st.integers(1, 5_000), st.integers(0, 20_000))
def test_more_money_is_never_less_worth(weeks: int, silent: int, cents: int, more: int) -> None:
    poor = worth(weekly(weeks, silent=silent, cents=cents), SHOP, USUAL)
    rich = worth(weekly(weeks, silent=silent, cents=cents + more), SHOP, USUAL)

    assert rich.past_cents >= poor.past_cents
    assert rich.forecast
    assert poor.forecast
    assert rich.forecast.future_cents >= poor.forecast.future_cents
    assert rich.forecast.at_risk_cents >= poor.forecast.at_risk_cents
    assert (rich.if_they_stay_cents or 0) >= (poor.if_they_stay_cents or 0)


@some
@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from(Kind))
def test_the_future_lies_between_low_and_high(weeks: int, silent: int, kind: Kind) -> None:
    found = forecast(weekly(weeks, silent=silent), replace(SHOP, kind=kind))

    assert 0 <= found.low_cents <= found.future_cents <= found.high_cents
    assert found.at_risk_cents >= 0
