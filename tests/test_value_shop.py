from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.value.concentration import concentration, half
from appreciation.value.fitting import fit
from appreciation.value.history import Purchase, Rhythm, history
from appreciation.value.model import Trust
from appreciation.value.referrals import Refusal
from appreciation.value.shop import (
    Bought,
    Buyers,
    Flag,
    People,
    Question,
    Shop,
    complete_until,
    value_shop,
)
from appreciation.value.standing import Tier, quiet_on, standings
from appreciation.value.terms import Terms

# A busy machine may take its time.
some = settings(deadline=None)

TODAY = date(2026, 11, 20)
ASKED = Question(TODAY, terms=Terms(margin=1.0))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def weekly(who: int, weeks: int, cents: int = 500, *, silent: int = 0) -> list[Bought]:
    days = (silent + 7 * n for n in reversed(range(weeks)))
    return [Bought(who, "EUR", ago(each), cents) for each in days]


def bakery(customers: int = 40) -> list[Bought]:
    """Return regulars of every sort: they come every week or month, some fell silent."""
    return [
        bought
        for who in range(1, customers + 1)
        for bought in weekly(who, 3 + who % 17, 400 + 10 * who, silent=7 * (who % 9))
    ]


def shop(bought: list[Bought], asked: Question = ASKED, **people: object) -> Shop:
    return value_shop(bought, People(**people), asked, "EUR")  # type: ignore[arg-type]


def test_credit_adds_up_to_the_past_and_both_to_the_orders() -> None:
    bought = bakery()
    found = shop(bought, sent=[(1, 2), (2, 3), (9, 4), (99, 5)], everybody=range(1, 120))

    assert sum(row.past_cents for row in found.rows()) == sum(each.cents for each in bought)
    assert sum(row.referred.credit for row in found.rows()) == sum(each.cents for each in bought)
    assert len(list(found.rows())) == len({row.customer_id for row in found.rows()}) == 119


def test_a_referrer_who_never_bought_has_credit_and_no_orders() -> None:
    found = shop(bakery(), sent=[(99, 5)])

    [row] = [row for row in found.rows() if row.customer_id == 99]
    [sent] = [row for row in found.rows() if row.customer_id == 5]
    assert (row.past_cents, row.flags) == (0, (Flag.NO_ORDERS,))
    assert row.referred.credit == round(sent.past_cents * 0.2)
    assert row.referred.direct == sent.past_cents


def test_a_loop_of_referrals_is_refused_and_listed() -> None:
    found = shop(bakery(), sent=[(1, 2), (2, 1), (3, 3)])

    assert [each.why for each in found.referrals["EUR"].refused] == [
        Refusal.LOOP,
        Refusal.ONESELF,
    ]


def test_currencies_are_never_added_or_fitted_together() -> None:
    francs = [each._replace(currency="CHF", customer_id=each.customer_id + 20) for each in bakery()]
    both = sorted([*bakery(), *francs], key=lambda each: each[:2])
    found = shop(both)

    assert {(part.currency, len(part.histories)) for part in found.parts} == {
        ("EUR", 40),
        ("CHF", 40),
    }
    assert sum(row.currency == "EUR" for row in found.rows()) == 40
    # Customer 30 paid in both, and has a row for each.
    rows = {row.currency: row.past_cents for row in found.rows() if row.customer_id == 30}
    assert rows["EUR"] == sum(each.cents for each in bakery() if each.customer_id == 30)
    assert rows["CHF"] == sum(each.cents for each in francs if each.customer_id == 30)


def test_a_company_is_fitted_apart_from_people() -> None:
    invoices = [Bought(99, "EUR", ago(30 * n), 100_000) for n in reversed(range(12))]
    alone = shop(bakery())
    found = shop([*bakery(), *invoices], companies=[99])

    parts = {part.buyers: part for part in found.parts}
    assert parts[Buyers.COMPANIES].fit.customers == 1
    assert parts[Buyers.PEOPLE].fit == alone.parts[0].fit
    assert parts[Buyers.PEOPLE].outlook.usual == alone.parts[0].outlook.usual


def test_who_has_died_has_a_past_and_no_future() -> None:
    found = shop(bakery(), deceased=[7])

    [row] = [row for row in found.rows() if row.customer_id == 7]
    assert row.past_cents > 0
    assert row.forecast is None
    assert Flag.HAS_DIED in row.flags
    assert Flag.NO_FORECAST not in row.flags
    assert 7 not in {each.customer_id for each in standings(found.rows(), "EUR")}


def test_one_who_got_all_back_has_nothing_and_no_forecast() -> None:
    returned = [Bought(99, "EUR", ago(50), 900), Bought(99, "EUR", ago(50), -900)]
    found = shop([*bakery(), *returned])

    [row] = [row for row in found.rows() if row.customer_id == 99]
    assert (row.past_cents, row.forecast, row.flags) == (0, None, (Flag.NOTHING_PAID,))


def test_more_going_back_than_came_in_is_told_below_zero() -> None:
    found = shop([*bakery(), Bought(99, "EUR", ago(50), -900)])

    [row] = [row for row in found.rows() if row.customer_id == 99]
    assert row.past_cents == -900
    assert sum(row.referred.credit for row in found.rows()) == sum(
        row.past_cents for row in found.rows()
    )


@pytest.mark.parametrize(
    "bought",
    [
        [],
        [Bought(1, "EUR", ago(10), 500)],
        [Bought(who, "EUR", ago(10), 500) for who in range(1, 60)],
        [Bought(who, "EUR", ago(-10), 500) for who in range(1, 60)],
    ],
    ids=["no orders", "one customer", "all on one day", "all in the future"],
)
def test_a_shop_of_which_nothing_can_be_known_gets_no_forecast(bought: list[Bought]) -> None:
    found = shop(bought, everybody=[1, 2])

    assert all(part.fit.trust is Trust.NONE for part in found.parts)
    assert not any(row.forecast for row in found.rows())
    assert {1, 2} <= {row.customer_id for row in found.rows()}


def test_slipping_and_lost_are_flagged() -> None:
    regulars = [each for who in range(1, 30) for each in weekly(who, 20, silent=who % 7)]
    slow = weekly(90, 20, silent=42)
    gone = weekly(91, 20, silent=400)
    found = shop(sorted([*regulars, *slow, *gone]))

    flags = {row.customer_id: row.flags for row in found.rows()}
    assert flags[90] == (Flag.SLIPPING,)
    assert flags[91] == (Flag.AS_GOOD_AS_LOST,)


def test_customers_are_ranked_by_what_they_may_bring_and_tiered() -> None:
    found = standings(shop(bakery()).rows(), "EUR")

    assert [each.rank for each in found] == list(range(1, 41))
    assert [each.tier for each in found].count(Tier.TOP) == 4
    newcomer = standings(shop([*bakery(), Bought(99, "EUR", ago(1), 10**6)]).rows(), "EUR")
    assert {each.customer_id: each.tier for each in newcomer}[99] is Tier.NEW


def test_who_pays_in_two_currencies_stands_once() -> None:
    francs = [Bought(3, "CHF", ago(n), 10**6) for n in range(9)]
    found = standings(shop(sorted([*bakery(), *francs])).rows(), "EUR")

    assert sorted(each.customer_id for each in found) == list(range(1, 41))


# Silence.


def silence(gap: int, visits: int, silent: int) -> date | None:
    """Return since when a customer of a shop of regulars is quiet."""
    rows = [Rhythm(n, 7 * n, 7 * n + n % 11) for n in range(2, 40) for _ in range(10)]
    days = (silent + gap * n for n in range(visits))
    known = history([Purchase(ago(each), 500) for each in days], TODAY)
    assert known
    return quiet_on(known, fit(rows))


def test_a_weekly_customer_is_quiet_once_it_is_likely_that_they_are_lost() -> None:
    assert silence(7, 30, 14) is None
    assert silence(7, 30, 21) is None or silence(7, 30, 21) == ago(0)
    quiet = silence(7, 30, 40)
    assert quiet
    # The day stays the same however long they are silent.
    later = silence(7, 30, 41)
    assert later
    assert (quiet - ago(40)).days == (later - ago(41)).days >= 21


def test_a_monthly_customer_may_be_silent_for_months() -> None:
    assert silence(30, 12, 80) is None
    assert silence(30, 12, 120)


def test_one_who_is_as_good_as_lost_is_left_in_peace() -> None:
    assert silence(7, 30, 60)
    assert silence(7, 30, 700) is None


def test_two_visits_are_no_rhythm() -> None:
    assert silence(7, 2, 40) is None


def test_without_a_forecast_three_usual_gaps_are_a_silence() -> None:
    known = history([Purchase(ago(40 + 10 * n), 500) for n in range(4)], TODAY)
    assert known

    assert quiet_on(known, fit([])) == ago(10)


# Up to when orders are complete.


def test_orders_are_complete_today_where_they_come_as_usual() -> None:
    assert complete_until([ago(100), ago(60), ago(40)], TODAY) == TODAY
    assert complete_until([ago(3)], TODAY) == TODAY
    assert complete_until([], TODAY) == TODAY


def test_an_old_import_is_complete_to_its_last_order() -> None:
    daily = [ago(n) for n in range(200, 400)]

    assert complete_until(daily, TODAY) == ago(200)


# Concentration.


def test_money_comes_from_few() -> None:
    amounts = [1_000, *[10] * 99]

    assert half(amounts) == 1
    assert concentration(amounts)[0] == (0.01, 1, 1_000 / 1_990)
    assert concentration(amounts)[-1] == (1.0, 100, 1.0)


def test_no_money_comes_from_nobody() -> None:
    assert concentration([0, -5]) == []
    assert half([]) == 0


@some
@given(st.lists(st.integers(-100, 10**6), max_size=300))
def test_a_larger_share_of_customers_never_brings_less(amounts: list[int]) -> None:
    found = [money for _, _, money in concentration(amounts)]

    assert found == sorted(found)
    assert all(0 <= money <= 1 for money in found)


bought_by = st.builds(
    Bought,
    st.integers(1, 12),
    st.sampled_from(["EUR", "USD"]),
    st.dates(ago(900), ago(-30)),
    st.integers(-5_000, 10**7),
)
sent = st.lists(st.tuples(st.integers(1, 14), st.integers(1, 14)), max_size=20)


@some
@given(st.lists(bought_by, max_size=60), sent, st.sampled_from([0.05, 0.6, 1.0]))
def test_totals_add_up_in_any_shop(
    bought: list[Bought], edges: list[tuple[int, int]], margin: float
) -> None:
    asked = Question(TODAY, terms=Terms(margin=margin))
    found = value_shop(sorted(bought), People(sent=edges, everybody=range(1, 15)), asked, "EUR")

    for currency in {"EUR", *(each.currency for each in bought)}:
        rows = [row for row in found.rows() if row.currency == currency]
        assert sum(row.referred.credit for row in rows) == sum(row.past_cents for row in rows)
    assert {row.customer_id for row in found.rows()} == set(range(1, 15))
    for row in found.rows():
        if told := row.forecast:
            assert 0 <= told.low_cents <= told.future_cents <= told.high_cents
            assert told.at_risk_cents >= 0
