import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.value.referrals import Referrals, Refusal, Refused, referral_values

# A busy machine may take its time.
some = settings(deadline=None)

people = st.integers(0, 30)
owns = st.dictionaries(people, st.integers(-10_000, 10**9))
edges = st.lists(st.tuples(people, people), max_size=60)
FRIDAY, DAUGHTERS, SENT = 1, [2, 3, 4, 5], 6


def family(anyway: float = 0.0) -> Referrals:
    """Return the Friday customer, her four daughters' weddings, and one whom a daughter sent."""
    own = {FRIDAY: 26_000, SENT: 10_000} | dict.fromkeys(DAUGHTERS, 300_000)
    sent = [(FRIDAY, daughter) for daughter in DAUGHTERS]
    return referral_values(own, [*sent, (DAUGHTERS[2], SENT)], anyway=anyway)


def test_the_friday_customer_is_credited_with_her_daughters_weddings() -> None:
    friday = family().people[FRIDAY]

    assert friday.own == 26_000
    assert friday.direct == 1_200_000
    assert friday.downstream == 1_210_000
    assert friday.influence == 602_500
    assert friday.credit == 266_400
    assert sum(one.credit for one in family().people.values()) == 1_236_000


def test_who_would_have_come_anyway_is_nobodys_merit() -> None:
    friday = family(anyway=0.25).people[FRIDAY]

    assert friday.direct == 900_000
    assert friday.downstream == 907_500
    assert friday.credit == 26_000 + 4 * 45_000 + 225
    assert family(anyway=1).people[FRIDAY].credit == 26_000
    assert sum(one.credit for one in family(anyway=0.25).people.values()) == 1_236_000


def test_a_referral_that_closes_a_loop_is_refused_and_listed() -> None:
    found = referral_values({1: 100, 2: 100, 6: 100}, [(6, 1), (2, 6), (1, 2)])

    assert found.refused == [Refused(1, 2, Refusal.LOOP)]
    assert sum(one.credit for one in found.people.values()) == 300
    assert found.people[2].downstream == 200


def test_nobody_refers_themselves() -> None:
    found = referral_values({1: 100}, [(1, 1)])

    assert found.refused == [Refused(1, 1, Refusal.ONESELF)]
    assert found.people[1].credit == 100


def test_the_referrer_who_was_recorded_first_stays() -> None:
    found = referral_values({3: 1_000}, [(1, 3), (2, 3)])

    assert found.refused == [Refused(2, 3, Refusal.SECOND)]
    assert found.people[1].direct == 1_000
    assert 2 not in found.people


def test_a_referrer_who_never_bought_has_credit_all_the_same() -> None:
    found = referral_values({2: 1_000}, [(1, 2)])

    assert found.people[1].own == 0
    assert found.people[1].credit == 200


@some
@given(owns, edges, st.floats(0, 1), st.floats(0, 1))
def test_credit_adds_up_to_the_cent(
    own: dict[int, int], sent: list[tuple[int, int]], passed_up: float, anyway: float
) -> None:
    found = referral_values(own, sent, passed_up=passed_up, anyway=anyway)

    assert sum(one.credit for one in found.people.values()) == sum(own.values())


@some
@given(owns, edges)
def test_every_referral_either_counts_or_is_listed(
    own: dict[int, int], sent: list[tuple[int, int]]
) -> None:
    found = referral_values(own, sent)
    counted = [(referrer, referred) for referred, referrer in found.referrer_of.items()]
    refused = [(one.referrer, one.referred) for one in found.refused]

    assert sorted(counted + refused) == sorted(sent)


@some
@given(owns, edges, st.randoms())
def test_the_order_of_customers_tells_nothing(
    own: dict[int, int], sent: list[tuple[int, int]], luck: object
) -> None:
    shuffled = list(own.items())
    luck.shuffle(shuffled)  # type: ignore[attr-defined]

    assert referral_values(dict(shuffled), sent) == referral_values(own, sent)


@some
@given(owns, edges)
def test_what_came_directly_is_part_of_all_that_came(
    own: dict[int, int], sent: list[tuple[int, int]]
) -> None:
    bought = {who: abs(cents) for who, cents in own.items()}

    for one in referral_values(bought, sent).people.values():
        assert 0 <= one.direct <= one.downstream
        assert one.influence <= one.downstream


@pytest.mark.parametrize("backwards", [False, True])
def test_a_line_of_a_hundred_thousand_is_walked_without_falling(backwards: bool) -> None:
    depth = 100_000
    line = [(n, n + 1) for n in range(depth)]

    found = referral_values(dict.fromkeys(range(depth + 1), 100), line[::-1] if backwards else line)

    assert found.people[0].downstream == depth * 100
    assert found.people[0].influence == 100
    assert sum(one.credit for one in found.people.values()) == (depth + 1) * 100
