from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.value.history import History, Purchase, Rhythm, history, past_cents
from appreciation.value.order_value import order_value, unusual_visits, usual_orders

# A busy machine may take its time.
some = settings(deadline=None)

START = date(2026, 1, 2)
purchases = st.lists(
    st.builds(
        lambda after, cents: Purchase(START + timedelta(after), cents),
        st.integers(0, 40),
        st.integers(-5_000, 20_000),
    ),
    max_size=30,
)


def bought(*days_and_cents: tuple[int, int]) -> list[Purchase]:
    return [Purchase(START + timedelta(after), cents) for after, cents in days_and_cents]


def known(*days_and_cents: tuple[int, int], until: int = 100) -> History:
    found = history(bought(*days_and_cents), START + timedelta(until))
    assert found
    return found


def test_every_twelve_days_and_now_silent_for_forty() -> None:
    regular = known((0, 500), (12, 500), (24, 500), (35, 500), (60, 500))

    assert regular.usual_gap == 12
    assert regular.silent == 40


def test_the_first_visit_is_no_repeat() -> None:
    assert known((30, 500)).rhythm == Rhythm(0, 0, 70)
    assert known((30, 500)).usual_gap is None
    assert known((30, 500), (40, 500)).rhythm == Rhythm(1, 10, 70)


def test_two_orders_of_one_day_are_one_visit() -> None:
    twice = known((0, 500), (7, 300), (7, 200))

    assert twice.rhythm == Rhythm(1, 7, 100)
    assert list(twice.visit_cents) == [500, 500]
    assert twice.orders == 3


def test_orders_just_before_and_just_after_midnight_are_two_visits() -> None:
    assert known((0, 500), (30, 500), (31, 500)).rhythm == Rhythm(2, 31, 100)


def test_a_refund_is_no_visit_and_its_money_is_gone() -> None:
    refunded = known((0, 500), (10, 5_000), (20, -5_000))

    assert refunded.rhythm == Rhythm(1, 10, 100)
    assert refunded.cents == 500


def test_an_order_refunded_on_its_day_was_no_visit() -> None:
    refunded = known((0, 500), (10, 5_000), (10, -5_000))

    assert refunded.rhythm == Rhythm(0, 0, 100)


def test_something_free_is_no_visit() -> None:
    assert known((0, 500), (10, 0)).rhythm == Rhythm(0, 0, 100)
    assert history(bought((0, 0)), START) is None


def test_who_only_returned_things_has_money_but_no_history() -> None:
    returned = bought((0, 500), (0, -500), (3, -200))

    assert history(returned, START + timedelta(10)) is None
    assert past_cents(returned, START + timedelta(10)) == -200


def test_what_came_after_the_day_of_asking_is_left_out() -> None:
    assert known((0, 500), (10, 500), (11, 500), until=10).rhythm == Rhythm(1, 10, 10)
    assert past_cents(bought((0, 500), (11, 500)), START + timedelta(10)) == 500


@some
@given(purchases, st.randoms())
def test_the_order_of_rows_tells_nothing(rows: list[Purchase], luck: object) -> None:
    as_of = START + timedelta(40)
    shuffled = rows.copy()
    luck.shuffle(shuffled)  # type: ignore[attr-defined]

    assert history(shuffled, as_of) == history(rows, as_of)


@some
@given(purchases, st.integers(0, 40))
def test_no_cent_is_lost_or_made(rows: list[Purchase], until: int) -> None:
    as_of = START + timedelta(until)
    found = history(rows, as_of)

    if found:
        assert found.cents == past_cents(rows, as_of)
        assert 0 <= found.rhythm.active <= found.rhythm.known <= until


def test_a_single_visit_is_worth_what_lies_between_it_and_the_shop() -> None:
    shop = [known((0, 1_000), (7, 1_000), (14, 1_000)), known((0, 2_000))]
    usual = usual_orders(shop)

    assert usual.mean == 1_250
    assert order_value(shop[1], usual) == (2_000 + 2 * 1_250) / 3


def test_one_wedding_cake_is_no_habit() -> None:
    shop = [known((0, 3_000 + 10 * n), (7, 3_300)) for n in range(299)]
    wedding = known((0, 3_300), (30, 500_000))
    usual = usual_orders([*shop, wedding])

    assert 9_000 < usual.limit < 20_000
    assert usual.mean < 4_500
    assert order_value(wedding, usual) < 10_000
    assert unusual_visits(wedding, usual) == [500_000]
    assert wedding.cents == 503_300


def test_what_is_usual_is_told_by_all_but_the_largest_hundredth() -> None:
    def limit(customers: int) -> float:
        return usual_orders(known((0, 100 * n)) for n in range(1, customers + 1)).limit

    assert limit(1_000) == 3 * 100 * 991
    assert limit(300) == 3 * 100 * 298
    # Of few customers the largest may be the odd one.
    assert limit(30) == 3 * 100 * 29
    assert limit(2) == 300
    assert limit(1) == 300


def test_who_returned_more_than_they_bought_is_expected_to_buy_as_little_as_possible() -> None:
    usual = usual_orders([known((0, 1_000))])

    assert order_value(known((0, 500), (9, -2_000)), usual) == 2_000 / 3


def test_a_refunded_wedding_cake_leaves_the_pace_as_it_was() -> None:
    shop = [known((0, 3_000), (7, 3_000)) for _ in range(99)]
    cancelled = known((0, 3_000), (7, 3_000), (14, 500_000), (21, -500_000))
    usual = usual_orders([*shop, cancelled])

    assert 2_000 < order_value(cancelled, usual) < 3_000


def test_a_shop_without_customers_has_no_usual_order() -> None:
    assert usual_orders([]).mean == 0


@some
@given(purchases, st.integers(1, 100_000))
def test_more_money_is_never_a_smaller_order(rows: list[Purchase], more: int) -> None:
    as_of = START + timedelta(40)
    shop = [known((0, 1_000), (7, 1_000)), known((0, 2_000))]
    usual = usual_orders(shop)
    found = history(rows, as_of)

    if found:
        richer = history([*rows, Purchase(found.last, more)], as_of)
        assert richer
        assert richer.rhythm == found.rhythm
        assert order_value(richer, usual) >= order_value(found, usual)
