from math import log, sqrt
from pathlib import Path

import pytest

from appreciation.value.fitting import Prior, fit
from appreciation.value.history import History, Purchase, Rhythm, history
from appreciation.value.model import Fit, Kind, Trust, chance_alive, expected_orders
from appreciation.value.order_value import UsualOrders, order_value
from tests.cdnow import CALIBRATED_TO, JUDGED_TO, WEEK, folder, read_purchases, read_summary

NINE_MONTHS = 39 * WEEK


@pytest.fixture
def files() -> Path:
    return folder()


@pytest.fixture
def purchases(files: Path) -> dict[str, list[Purchase]]:
    return read_purchases(files)


@pytest.fixture
def histories(purchases: dict[str, list[Purchase]]) -> dict[str, History]:
    found = {who: history(bought, CALIBRATED_TO) for who, bought in purchases.items()}
    return {who: one for who, one in found.items() if one}


@pytest.fixture
def rhythms(histories: dict[str, History]) -> list[Rhythm]:
    return [one.rhythm for one in histories.values()]


def later_visits(bought: list[Purchase]) -> list[int]:
    """Return the cents of the visits in the months that judge."""
    later = history([one for one in bought if one.day > CALIBRATED_TO], JUDGED_TO)
    return list(later.visit_cents) if later else []


def in_weeks(found: Fit) -> tuple[float, float, float, float]:
    return found.r, found.alpha / WEEK, found.a, found.b


def log_likelihood_in_weeks(found: Fit) -> float:
    return found.log_likelihood + found.repeats * log(WEEK)


def test_the_example_has_the_published_orders(
    purchases: dict[str, list[Purchase]], rhythms: list[Rhythm]
) -> None:
    assert sum(map(len, purchases.values())) == 6919
    assert sum(len({one.day for one in bought}) for bought in purchases.values()) == 6696
    assert len(rhythms) == 2357
    assert sum(one.repeats > 0 for one in rhythms) == 946
    assert sum(one.repeats for one in rhythms) == 2457
    assert sum(one.active for one in rhythms) == 112_949
    assert sum(one.known for one in rhythms) == 539_779


def test_the_months_that_judge_have_the_published_orders(
    purchases: dict[str, list[Purchase]],
) -> None:
    later = [later_visits(bought) for bought in purchases.values()]

    assert sum(map(len, later)) == 1882
    # Eight orders were free, and cost a cent here.
    assert sum(map(sum, later)) == pytest.approx(7_097_639, abs=8)


def test_days_counted_from_orders_are_those_of_the_published_summary(
    files: Path, rhythms: list[Rhythm]
) -> None:
    for ours, theirs in zip(rhythms, read_summary(files), strict=True):
        assert ours.repeats == theirs.repeats
        assert ours.active == pytest.approx(theirs.active, abs=0.036)
        assert ours.known == pytest.approx(theirs.known, abs=0.036)


@pytest.mark.parametrize(
    ("kind", "published", "likelihood"),
    [
        (Kind.BG, (0.243, 4.414, 0.793, 2.426), -9582.429),
        (Kind.MBG, (0.525, 6.183, 0.891, 1.614), -9582.136),
    ],
)
def test_without_a_prior_the_fit_is_the_published_one(
    rhythms: list[Rhythm],
    kind: Kind,
    published: tuple[float, ...],
    likelihood: float,
) -> None:
    found = fit(rhythms, kind, Prior.NONE)

    assert found.converged
    assert in_weeks(found) == pytest.approx(published, abs=0.0011)
    assert log_likelihood_in_weeks(found) == pytest.approx(likelihood, abs=0.002)


def test_the_weak_prior_changes_nothing_that_one_sees(rhythms: list[Rhythm]) -> None:
    found = fit(rhythms)

    assert in_weeks(found) == pytest.approx((0.5166, 6.1448, 0.8987, 1.6666), abs=0.0002)
    assert log_likelihood_in_weeks(found) == pytest.approx(-9582.144, abs=0.002)
    assert sum(expected_orders(found, one, NINE_MONTHS) for one in rhythms) == pytest.approx(
        1579, abs=0.6
    )
    assert found.trust is Trust.TOTALS


@pytest.mark.parametrize(
    ("kind", "orders", "alive", "tolerance"),
    [(Kind.BG, 1.226, 0.726609, 5e-4), (Kind.MBG, 1.262671, 0.706126, 5e-5)],
)
def test_the_published_customer_comes_as_often_as_published(
    rhythms: list[Rhythm], kind: Kind, orders: float, alive: float, tolerance: float
) -> None:
    found = fit(rhythms, kind, Prior.NONE)
    customer = Rhythm(2, 30.43 * WEEK, 38.86 * WEEK)

    assert expected_orders(found, customer, NINE_MONTHS) == pytest.approx(orders, abs=tolerance)
    assert chance_alive(found, customer) == pytest.approx(alive, abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "published", "tolerance"),
    [
        (Kind.BG, [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], 0.001),
        (Kind.MBG, [0.007780, 0.053061, 0.150793, 1.033471, 1.036609, 1.803636], 0.0002),
    ],
)
def test_a_new_customer_comes_as_often_as_published(
    rhythms: list[Rhythm], kind: Kind, published: list[float], tolerance: float
) -> None:
    found = fit(rhythms, kind, Prior.NONE)
    weeks = [1 / 7, 1, 3, 31.8571, 32, 78]

    expected = [expected_orders(found, Rhythm(0, 0, 0), each * WEEK) for each in weeks]

    assert expected == pytest.approx(published, abs=tolerance)


@pytest.mark.parametrize(("kind", "published"), [(Kind.BG, 1653.4233), (Kind.MBG, 1576.7357)])
def test_all_customers_of_the_summary_come_as_often_as_published(
    files: Path, kind: Kind, published: float
) -> None:
    summary = read_summary(files)
    found = fit(summary, kind, Prior.NONE)

    total = sum(expected_orders(found, one, NINE_MONTHS) for one in summary)

    assert total == pytest.approx(published, rel=0.0005)


def test_the_forecast_is_near_what_came_and_finds_the_best_customers(
    purchases: dict[str, list[Purchase]], histories: dict[str, History]
) -> None:
    found = fit(one.rhythm for one in histories.values())
    expected = {
        who: expected_orders(found, one.rhythm, NINE_MONTHS) for who, one in histories.items()
    }
    came = {who: len(later_visits(purchases[who])) for who in histories}
    best = sorted(expected, key=lambda who: -expected[who])[: round(len(expected) / 10)]

    assert sum(expected.values()) == pytest.approx(sum(came.values()), rel=0.2)
    assert sum(came[who] for who in best) / sum(came.values()) >= 0.47


def test_the_shrunken_order_value_errs_as_little_as_measured(
    purchases: dict[str, list[Purchase]], histories: dict[str, History]
) -> None:
    money = sum(sum(one.visit_cents) for one in histories.values())
    usual = UsualOrders(money / sum(one.visits for one in histories.values()))
    errors = []
    for who, one in histories.items():
        if later := later_visits(purchases[who]):
            errors.append((order_value(one, usual) - sum(later) / len(later)) / 100)

    assert sum(map(abs, errors)) / len(errors) == pytest.approx(16.58, abs=0.01)
    assert sqrt(sum(each**2 for each in errors) / len(errors)) == pytest.approx(27.79, abs=0.01)


def test_spend_is_told_better_than_by_past_spend_going_on(
    purchases: dict[str, list[Purchase]], histories: dict[str, History]
) -> None:
    found = fit(one.rhythm for one in histories.values())
    money = sum(sum(one.visit_cents) for one in histories.values())
    usual = UsualOrders(money / sum(one.visits for one in histories.values()))
    ours = going_on = 0.0
    for who, one in histories.items():
        came = sum(later_visits(purchases[who]))
        told = expected_orders(found, one.rhythm, NINE_MONTHS) * order_value(one, usual)
        ours += (told - came) ** 2
        going_on += (one.cents / one.rhythm.known * NINE_MONTHS - came) ** 2

    assert ours < going_on / 4


def test_same_day_orders_counted_apart_would_give_another_shop(
    purchases: dict[str, list[Purchase]], rhythms: list[Rhythm]
) -> None:
    unmerged = [
        Rhythm(sum(each.day <= CALIBRATED_TO for each in bought) - 1, one.active, one.known)
        for bought, one in zip(purchases.values(), rhythms, strict=True)
    ]

    wrong = fit(unmerged, prior=Prior.NONE)

    assert in_weeks(wrong) == pytest.approx((0.412, 4.33, 1.06, 2.25), abs=0.01)


def test_one_timers_belong_to_the_fit(rhythms: list[Rhythm]) -> None:
    repeaters = [one for one in rhythms if one.repeats]

    right, wrong = fit(rhythms, prior=Prior.NONE), fit(repeaters, prior=Prior.NONE)

    # Of those who all came back, nobody seems to differ in how soon they are lost.
    assert right.a + right.b < 3
    assert wrong.a + wrong.b > 100


def test_a_first_order_counted_as_a_repeat_would_give_another_shop(rhythms: list[Rhythm]) -> None:
    counted = [Rhythm(one.repeats + 1, one.active, one.known) for one in rhythms]

    wrong = fit(counted, prior=Prior.NONE)

    assert wrong.trust is Trust.NONE
    assert sum(expected_orders(wrong, one, NINE_MONTHS) for one in counted) < 700
