"""Anniversaries, milestones, special dates of others, and the owner's own days."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from appreciation import imports
from appreciation.dates import parse_yearly_day, years_in_words
from appreciation.imports import Wishes
from appreciation.occasions.date import name_in
from appreciation.stages import intake
from appreciation.store.tables import Customer, Note, NoteState, Order
from tests.conftest import ON_SQLITE, Shop
from tests.terminal import Terminal


def found(shop: Shop, occasion: str) -> list[tuple[str, str, date]]:
    """Return occurrence, variant and day of each note of ``occasion``."""
    return [(note.occurrence, note.variant, note.on) for note in shop.notes(occasion=occasion)]


def refund(shop: Shop, order_id: int) -> None:
    with shop.app.store.writing() as session:
        intake.refund(session, session.get_one(Order, order_id), None, shop.today, shop.clock())


# A year since the first order.


def test_a_year_since_the_first_order_is_noted_and_so_is_the_second(shop: Shop) -> None:
    shop.order(shop.customer(), ago=362)
    shop.run()
    shop.clock.sleep(days=365)
    shop.run()

    first, second = shop.notes(occasion="anniversary")
    assert (first.occurrence, first.on) == ("2026", date(2026, 11, 24))
    assert first.why == "a year since the first order, of 2025-11-24"
    assert (second.occurrence, second.on) == ("2027", date(2027, 11, 24))
    assert second.why == "two years since the first order, of 2025-11-24"


def test_the_first_order_itself_and_years_gone_by_are_no_anniversary(shop: Shop) -> None:
    shop.order(shop.customer("Ada"), ago=0)
    shop.order(shop.customer("Ben"), ago=365 + 20)
    shop.run()

    assert found(shop, "anniversary") == []


def test_a_first_order_of_29_february_is_kept_a_day_early_in_a_common_year(shop: Shop) -> None:
    ada = shop.customer()
    shop.order(ada, ago=(shop.today - date(2024, 2, 29)).days)
    for year in (2027, 2028):
        shop.clock.now = datetime(year, 2, 27, 12, tzinfo=UTC)
        shop.run()

    assert [on for _, _, on in found(shop, "anniversary")] == [
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_an_anniversary_on_new_year_s_day_is_of_the_customers_own_year(shop: Shop) -> None:
    shop.order(shop.customer(timezone="Pacific/Auckland"), ago=(shop.today - date(2025, 1, 1)).days)
    shop.clock.now = datetime(2026, 12, 30, 12, tzinfo=UTC)
    shop.run()

    (note,) = shop.notes(occasion="anniversary")
    assert (note.occurrence, note.on) == ("2027", date(2027, 1, 1))
    assert note.due_at == datetime(2026, 12, 31, 20, 0, tzinfo=UTC)


def test_an_anniversary_is_belated_then_skipped_and_told(shop: Shop) -> None:
    shop.order(shop.customer("Ada"), ago=362)
    shop.order(shop.customer("Ben"), ago=355)
    shop.clock.sleep(days=9)
    shop.run()
    early, late = shop.notes(occasion="anniversary")

    assert (early.belated, early.state) == (True, NoteState.WAITING)
    assert (late.belated, late.state) == (False, NoteState.WAITING)


# Round numbers of orders.


def test_the_tenth_order_is_noted_once(shop: Shop) -> None:
    ada = shop.customer()
    for days in range(200, 20, -20):
        shop.order(ada, ago=days)
    shop.run()
    assert found(shop, "milestone") == []

    shop.order(ada, ago=1)
    shop.run()
    shop.order(ada, ago=0)
    shop.run()

    (note,) = shop.notes(occasion="milestone")
    assert (note.occurrence, note.variant, note.on) == ("10", "orders", date(2026, 11, 20))
    assert note.why == "10 orders, on 2026-11-20, and the order of November 20"


def test_orders_of_one_look_are_numbered_by_their_days(shop: Shop) -> None:
    shop.opened("[occasions.milestone]\nat = [2, 3]\n")
    ada = shop.customer()
    for days in (0, 2, 1, 3):
        shop.order(ada, ago=days)
    shop.run()

    assert found(shop, "milestone") == [
        ("2", "orders", date(2026, 11, 19)),
        ("3", "orders", date(2026, 11, 20)),
    ]


def table(days: list[date]) -> str:
    rows = [f"{day:%m%d},{day},Ada Lovelace,ada@example.org,5.00,EUR" for day in days]
    return "\n".join(["Order ID,Date,Customer,Email,Total,Currency", *rows])


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_tenth_order_is_found_once_though_it_came_in_two_files(
    shop: Shop, newest_first: bool
) -> None:
    old = [date(2026, month, 1) for month in range(1, 10)]
    files = [table(old), table([date(2026, 11, 20)])]
    for number, words in enumerate(reversed(files) if newest_first else files):
        path = shop.folder / f"{number}.csv"
        path.write_text(words)
        imports.apply(shop.app, path, Wishes())
        shop.run()
    shop.order(1, ago=0)
    shop.run()

    assert found(shop, "milestone") == [("10", "orders", date(2026, 11, 20))]


def test_what_an_import_calls_history_counts_and_is_no_occasion(shop: Shop) -> None:
    path = shop.folder / "orders.csv"
    path.write_text(table([date(2026, 11, day) for day in range(10, 20)]))
    imports.apply(shop.app, path, Wishes(since=shop.today))
    shop.run()
    shop.order(1, ago=0)
    shop.run()
    assert found(shop, "milestone") == []

    for _ in range(39):
        shop.order(1, ago=0)
    shop.run()
    assert found(shop, "milestone") == [("50", "orders", date(2026, 11, 21))]


def test_a_milestone_is_taken_back_with_an_order_and_comes_with_the_next(shop: Shop) -> None:
    shop.opened("[occasions.milestone]\nat = [3]\n")
    ada = shop.customer()
    first, _, _ = (shop.order(ada, ago=days) for days in (90, 60, 1))
    shop.run()
    assert len(found(shop, "milestone")) == 1

    refund(shop, first)
    shop.run()
    assert found(shop, "milestone") == []

    shop.order(ada, ago=0)
    shop.run()
    assert found(shop, "milestone") == [("3", "orders", date(2026, 11, 21))]


def test_nobody_is_praised_for_an_order_that_goes_back_before_the_note_leaves(shop: Shop) -> None:
    shop.opened("[occasions.milestone]\nat = [2]\n[occasions.order]\nenabled = false\n")
    ada = shop.customer()
    shop.order(ada, ago=90)
    second = shop.order(ada, ago=2)
    shop.run()
    shop.approve_all()
    refund(shop, second)
    shop.run()

    assert shop.mails == []


def test_a_year_with_an_order_in_every_week_is_noted_once_for_ever(shop: Shop) -> None:
    ada, ben = shop.customer("Ada"), shop.customer("Ben")
    for week in range(51, -1, -1):
        shop.order(ada, ago=7 * week)
        if week != 20:
            shop.order(ben, ago=7 * week)
    shop.run()
    for _ in range(3):
        shop.clock.sleep(days=7)
        shop.order(ada, ago=0)
        shop.order(ben, ago=0)
        shop.run()

    weekly = [note for note in shop.notes(occasion="milestone") if note.variant == "weekly"]
    assert [(note.customer_id, note.on) for note in weekly] == [(ada, date(2026, 11, 21))]
    assert (weekly[0].why or "").startswith("an order in each of 52 weeks up to 2026-11-21")


def test_weeks_are_noted_only_where_the_owner_wants_it(shop: Shop) -> None:
    shop.opened("[occasions.milestone]\nweekly = false\nat = []\n")
    ada = shop.customer()
    for week in range(52):
        shop.order(ada, ago=7 * week)
    shop.run()

    assert found(shop, "milestone") == []


def test_an_order_of_28_february_is_found_once_on_every_database(shop: Shop) -> None:
    shop.opened("[occasions.milestone]\nat = [2]\n")
    shop.clock.now = datetime(2027, 2, 28, 12, tzinfo=UTC)
    ada = shop.customer()
    shop.order(ada, ago=60)
    shop.order(ada, ago=0)
    shop.meeting(ada, ago=0)
    shop.run()

    assert sorted(note.occasion for note in shop.notes()) == ["meeting", "milestone", "order"]


def test_what_is_upcoming_of_more_occasions_is_what_will_be_found(shop: Shop) -> None:
    shop.opened("[occasions.own_day]\ndays = {new-year = {on = '01-01'}}\n")
    ada = shop.customer("Ada")
    special(shop, ada, "12 Dec", kind="wedding")
    for days in [*range(340, 160, -20), 0]:
        shop.order(ada, ago=days)
    foreseen = {
        (row["occasion"], row["occurrence"], row["due_at"]) for row in shop.app.upcoming(60)
    }
    for _ in range(20):
        shop.run()
        shop.clock.sleep(days=3)

    assert {(note.occasion, note.occurrence, note.due_at) for note in shop.notes()} == foreseen
    assert {each[0] for each in foreseen} == {
        "order",
        "milestone",
        "anniversary",
        "date",
        "own_day",
    }


# Other special dates.


def special(shop: Shop, who: int, day: str, *, kind: str = "birthday", whose: str = "") -> None:
    with shop.app.store.writing() as session:
        customer = session.get_one(Customer, who)
        yearly = parse_yearly_day(day, shop.today)
        intake.add_date(session, customer, kind, yearly, shop.clock(), whose)


def test_each_day_is_written_about_as_what_it_is(shop: Shop) -> None:
    shop.opened("[tact]\nper_month = 0\n")
    ada, firm = shop.customer(born="25 Nov"), shop.customer("Acme Ltd", kind="company")
    special(shop, ada, "22 Nov", whose="daughter Mia")
    special(shop, ada, "2001-11-23", kind="wedding")
    special(shop, ada, "24 Nov", kind="name day")
    special(shop, ada, "24 Nov", kind="wedding", whose="parents")
    special(shop, firm, "25 Nov", kind="anniversary")
    shop.run()

    assert {each[:2] for each in found(shop, "date")} == {
        ("2026 birthday daughter Mia", "birthday"),
        ("2026 wedding ", "wedding"),
        ("2026 name day ", "other"),
        ("2026 wedding parents", "other"),
        ("2026 anniversary ", "other"),
    }
    assert [each[0] for each in found(shop, "birthday")] == ["2026"]
    assert all(note.state is NoteState.WAITING for note in shop.notes())


def test_a_day_of_somebody_close_comes_in_the_second_year_too(shop: Shop) -> None:
    ada = shop.customer()
    special(shop, ada, "2024-02-29", whose="Mia")
    for year in (2027, 2028):
        shop.clock.now = datetime(year, 2, 26, 12, tzinfo=UTC)
        shop.run()

    assert [on for _, _, on in found(shop, "date")] == [date(2027, 2, 28), date(2028, 2, 29)]


def test_years_of_marriage_are_told_by_setting_only(shop: Shop) -> None:
    ada = shop.customer()
    special(shop, ada, "2001-11-23", kind="wedding")
    special(shop, ada, "2001-11-23", whose="Mia")
    shop.run()
    assert facts_of(shop, ada) == {"wedding": None, "birthday": None}

    shop.opened("[occasions.date]\ntell_years = true\n")
    assert facts_of(shop, ada) == {"wedding": "25 years", "birthday": None}


def facts_of(shop: Shop, who: int) -> dict[str, Any]:
    """Return the years that a note of each variant to a customer may tell."""
    occasion = shop.app.desk.occasions["date"]
    with shop.app.store.reading() as session:
        notes = session.query(Note).filter_by(customer_id=who, occasion="date").all()
        facts = occasion.facts(session, notes)
        return {note.variant: facts[note.id].words["date"]["years"] for note in notes}


@pytest.mark.parametrize(
    ("whose", "name"),
    [
        ("daughter Mia", "Mia"),
        ("Tochter Mia Sophie", "Mia Sophie"),
        ("Mia", "Mia"),
        ("her mother", None),
        ("mother", None),
        ("", None),
    ],
)
def test_the_name_of_somebody_close_is_taken_from_what_the_owner_wrote(
    whose: str, name: str | None
) -> None:
    assert name_in(whose) == name


@pytest.mark.parametrize(
    ("years", "language", "words"),
    [
        (1, "en-GB", "a year"),
        (3, "de", "drei Jahre"),
        (12, "fr", "12 ans"),
        (1, "nl", "een jaar"),
        (2, "sv", "2 år"),
    ],
)
def test_years_are_said_in_the_language_of_the_note(years: int, language: str, words: str) -> None:
    assert years_in_words(years, language) == words


# The owner's own days.


def test_the_owner_s_day_goes_to_those_it_is_for_each_year(shop: Shop) -> None:
    shop.opened(
        "[occasions.own_day]\nahead = '3d'\ndays = {new-year = {on = '01-01', countries = ['DE']},"
        " opening-day = {on = '01-02', languages = ['de'], since = 2012}}\n"
    )
    for name, more in (
        ("Ada", {}),
        ("Ben", {"country": "FR", "language": "de-AT"}),
        ("Cleo", {"country": "FR"}),
    ):
        shop.customer(name, **more)
    for year in (2026, 2027):
        shop.clock.now = datetime(year, 12, 31, 12, tzinfo=UTC)
        shop.run()

    notes = [(n.customer.name, n.occurrence) for n in shop.notes(occasion="own_day")]
    assert sorted(notes) == [
        ("Ada", "new-year-2027"),
        ("Ada", "new-year-2028"),
        ("Ben", "opening-day-2027"),
        ("Ben", "opening-day-2028"),
    ]


def test_whoever_comes_later_or_moves_hears_of_the_day_as_well(shop: Shop) -> None:
    shop.opened("[occasions.own_day]\ndays = {new-year = {on = '01-01', countries = ['DE']}}\n")
    shop.customer("Ada")
    ben = shop.customer("Ben", country="FR")
    shop.clock.now = datetime(2026, 12, 28, 12, tzinfo=UTC)
    for _ in range(30):
        shop.run()
        shop.clock.sleep(minutes=1)
    assert [n.customer.name for n in shop.notes()] == ["Ada"]

    shop.customer("Cleo")
    shop.edit(ben, country="DE")
    shop.run()
    assert [n.customer.name for n in shop.notes()] == ["Ada", "Ben", "Cleo"]


def test_the_opening_day_itself_is_no_anniversary(shop: Shop) -> None:
    shop.opened("[occasions.own_day]\ndays = {opening-day = {on = '11-23', since = 2026}}\n")
    shop.customer()

    assert shop.run() == {}


def test_no_day_no_note(shop: Shop) -> None:
    shop.customer()
    assert shop.run() == {}


@ON_SQLITE
def test_a_day_of_the_owner_s_own_naming_waits_for_words(shop_at: Terminal) -> None:
    with Path("config.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[occasions.own_day.days.midsummer]\non = '11-24'\nlanguages = ['en']\n")
    shop_at("customer add Ada --email ada@example.org")
    assert "1 blocked" in shop_at("run --once")
    assert "no wording in 'en' for a midsummer own_day note" in shop_at("note list")
    told, _, status = shop_at.all("template check")

    assert status == 3
    assert "midsummer" in told


@ON_SQLITE
def test_a_day_without_words_does_not_fill_the_doctors_page(shop_at: Terminal) -> None:
    with Path("config.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[occasions.own_day.days.midsummer]\non = '11-24'\n")
    seen = json.loads(shop_at.all("doctor --json")[0])
    told = [each["told"] for each in seen if each["what"] == "templates"]

    assert "there is no wording in 'de' for a midsummer own_day note" in told[0]
    assert [told[3:], len(told)] == [["and 25 more faults"], 4]
