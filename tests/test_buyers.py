"""Who bought, since when and how often: kept right whatever happens to orders."""

import runpy
from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from appreciation import imports, privacy
from appreciation.imports import Wishes
from appreciation.shipped import shipped
from appreciation.stages import finding, intake
from appreciation.store import merging
from appreciation.store.imports import the_import
from appreciation.store.tables import Buyer, Customer, Merge, Note, Order
from appreciation.store.undoing import undo
from tests.conftest import Shop

ORDERS = """\
Order ID,Date,Customer,Email,Total,Currency
1001,2023-11-25,Ada Lovelace,ada@example.org,12.50,EUR
1002,2024-02-01,Ben Okafor,ben@example.org,2.50,EUR
"""


def counted(shop: Shop) -> dict[int, tuple[date, int]]:
    """Return the first day and the number of orders that the store keeps of each buyer."""
    with shop.app.store.reading() as session:
        query = select(Buyer.customer_id, Buyer.first_order_on, Buyer.orders)
        return {who: (first, orders) for who, first, orders in session.execute(query)}


def refund(shop: Shop, order_id: int, cents: int | None = None) -> None:
    with shop.app.store.writing() as session:
        order = session.get_one(Order, order_id)
        intake.refund(session, order, cents, shop.today, shop.clock())


def ago(shop: Shop, days: int) -> date:
    return shop.today - timedelta(days=days)


def test_the_first_order_and_how_many_there_were_are_kept(shop: Shop) -> None:
    ada = shop.customer()
    shop.order(ada, ago=10)
    shop.order(ada, ago=400)
    shop.order(ada, ago=3, cents=0)

    assert counted(shop) == {ada: (ago(shop, 400), 2)}


def test_what_went_back_whole_does_not_count_and_what_went_back_in_part_does(shop: Shop) -> None:
    ada = shop.customer()
    whole, part = shop.order(ada, ago=400), shop.order(ada, ago=300)
    refund(shop, whole)
    refund(shop, part, 100)
    assert counted(shop) == {ada: (ago(shop, 300), 1)}

    refund(shop, part)
    assert counted(shop) == {}


def test_a_guests_order_counts_once_it_is_somebodys(shop: Shop) -> None:
    ada = shop.customer()
    with shop.app.store.writing() as session:
        bought = intake.Purchase(ago(shop, 30), 500, "EUR")
        guest = intake.add_order(session, None, bought, shop.clock()).id
    assert counted(shop) == {}

    with shop.app.store.writing() as session:
        order, customer = session.get_one(Order, guest), session.get_one(Customer, ada)
        intake.assign(session, order, customer, shop.clock())
    assert counted(shop) == {ada: (ago(shop, 30), 1)}


def test_two_who_are_one_are_counted_together_and_apart_again(shop: Shop) -> None:
    ada, adah = shop.customer("Ada Lovelace"), shop.customer("Adah Lovelace")
    shop.order(ada, ago=10)
    shop.order(adah, ago=500)
    shop.order(adah, ago=5)
    before = counted(shop)
    with shop.app.store.writing() as session:
        kept, gone = session.get_one(Customer, ada), session.get_one(Customer, adah)
        merge_id = merging.merge(session, kept, gone, shop.clock()).id
    assert counted(shop) == {ada: (ago(shop, 500), 3)}

    with shop.app.store.writing() as session:
        merging.part(session, session.get_one(Merge, merge_id), shop.clock())
    assert counted(shop) == before


def test_an_import_is_counted_and_taken_back(shop: Shop) -> None:
    ada = shop.customer()
    shop.order(ada, ago=10)
    path = shop.folder / "orders.csv"
    path.write_text(ORDERS)
    made = imports.apply(shop.app, path, Wishes()).import_id
    assert made is not None
    assert counted(shop)[ada] == (date(2023, 11, 25), 2)
    assert len(counted(shop)) == 2

    with shop.app.store.writing() as session:
        undo(session, the_import(session, made), shop.clock())
    assert counted(shop) == {ada: (ago(shop, 10), 1)}


def test_who_is_forgotten_is_not_counted(shop: Shop) -> None:
    shop.order(ada := shop.customer())
    privacy.forget(shop.app, ada)

    assert counted(shop) == {}


def test_an_anniversary_moves_with_the_first_order(shop: Shop) -> None:
    ada = shop.customer()
    first = shop.order(ada, ago=362)
    shop.order(ada, ago=360)
    shop.run()
    assert [note.on for note in shop.notes(occasion="anniversary")] == [date(2026, 11, 24)]

    refund(shop, first)
    shop.run()
    assert [note.on for note in shop.notes(occasion="anniversary")] == [date(2026, 11, 26)]


def test_a_store_that_is_there_already_is_counted_when_it_is_brought_up_to_date(
    shop: Shop,
) -> None:
    ada, ben = shop.customer("Ada"), shop.customer("Ben")
    for days in (400, 3, 900):
        shop.order(ada, ago=days)
    refund(shop, shop.order(ben, ago=70))
    refund(shop, shop.order(ada, ago=1000))
    before = counted(shop)
    migration = runpy.run_path(str(shipped("migrations") / "versions/0008_more_occasions.py"))
    with shop.app.store.engine.begin() as connection:
        connection.execute(delete(Buyer))
        with Operations.context(MigrationContext.configure(connection)):
            migration["_fill"]()

    assert counted(shop) == before == {ada: (ago(shop, 900), 3)}


# Against a calculation that is slow and obvious.


class Bought(NamedTuple):
    """An order, ``days`` ago, of which ``back`` percent went back."""

    who: int
    days: int
    back: int


BOUGHT = st.builds(
    Bought,
    who=st.integers(0, 2),
    days=st.one_of(st.integers(0, 20), st.integers(0, 1500)),
    back=st.sampled_from([0, 0, 0, 50, 100]),
)
MORE = """
[occasions.milestone]
at = [2, 3, 5]
weekly = false
[occasions.order]
enabled = false
"""


def lived(session: Session, shop: Shop, people: list[int], batches: list[list[Bought]]) -> None:
    """Take in each batch of orders, and look for occasions after it."""
    for batch in batches:
        for each in batch:
            bought = intake.Purchase(ago(shop, each.days), 1000, "EUR")
            customer = session.get_one(Customer, people[each.who])
            order = intake.add_order(session, customer, bought, shop.clock())
            if each.back:
                intake.refund(session, order, each.back * 10, shop.today, shop.clock())
        finding.find(session, shop.app.finders, shop.app.rules, shop.clock())


def of_each(people: list[int], batches: list[list[Bought]]) -> dict[int, list[int]]:
    """Return how many days ago each customer's orders were that count, the first one first."""
    days = defaultdict(list)
    for each in (each for batch in batches for each in batch):
        if each.back < 100:
            days[people[each.who]].append(each.days)
    return {who: sorted(found, reverse=True) for who, found in days.items()}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=st.lists(st.lists(BOUGHT, min_size=1, max_size=6), max_size=4))
def test_the_store_answers_like_a_slow_and_obvious_calculation(
    shop: Shop, batches: list[list[Bought]]
) -> None:
    shop.app = shop.apps[-1] if len(shop.apps) > 1 else shop.opened(MORE)
    if not shop.folder.joinpath("people").exists():
        shop.folder.joinpath("people").touch()
        for name in ("Ada A", "Ben B", "Cleo C"):
            shop.customer(name)
    people = [1, 2, 3]
    with shop.app.store.trying() as session:
        lived(session, shop, people, batches)
        kept = session.execute(select(Buyer.customer_id, Buyer.first_order_on, Buyer.orders)).all()
        told = session.execute(
            select(Note.customer_id, Note.occurrence, Note.on).where(Note.occasion == "milestone")
        ).all()

    expected = of_each(people, batches)
    assert {tuple(row) for row in kept} == {
        (who, ago(shop, days[0]), len(days)) for who, days in expected.items()
    }
    milestones = {(who, int(occurrence), on) for who, occurrence, on in told}
    # Due two days after, and no longer written about thirty days later.
    in_time = {
        (who, number, ago(shop, days[number - 1]))
        for who, days in expected.items()
        for number in (2, 3, 5)
        if len(days) >= number and days[number - 1] <= 31
    }
    # What came in later can push a number to another order; the customer heard of it once.
    assert {each[:2] for each in milestones} >= {each[:2] for each in in_time}
    assert len(milestones) == len({each[:2] for each in milestones})
    assert all(len(expected[who]) >= number for who, number, _ in milestones)
    if len(batches) == 1:
        assert milestones == in_time
