"""What customers are worth, from the orders in a store to the commands, on each database."""

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest

from appreciation.app import never
from appreciation.daemon import Rounds
from appreciation.shipped import shipped
from appreciation.stages import intake
from appreciation.store import valuing
from appreciation.store.tables import Customer, Note, NoteState, Order, Standing
from appreciation.value.model import Kind, Trust
from tests.cdnow import folder, read_purchases
from tests.conftest import ON_SQLITE, Shop
from tests.terminal import Terminal

VALUE_KEYS = [
    "customer_id",
    "customer",
    "past",
    "future",
    "low",
    "high",
    "if_they_stay",
    "referral_direct",
    "referral_downstream",
    "referral_influence",
    "referral_credit",
    "chance_alive",
    "visits",
    "silent_days",
    "usual_gap_days",
    "at_risk",
    "currency",
    "flags",
]
MODEL_KEYS = [
    "kind",
    "r",
    "alpha",
    "a",
    "b",
    "log_likelihood",
    "customers",
    "repeats",
    "as_of",
    "trust",
    "converged",
    "currency",
    "buyers",
    "prior",
    "why_not",
    "others",
]

LIFE_EVENT_KEYS = [
    "id",
    "customer_id",
    "customer",
    "name",
    "year",
    "cents",
    "currency",
    "times",
    "chance",
]


def bakery(shop: Shop, customers: int = 40) -> None:
    """Fill the shop with regulars: every week or so for months; some have fallen silent."""
    with shop.app.store.writing() as session:
        for who in range(1, customers + 1):
            customer = Customer(
                name=f"Regular {who}",
                email=f"regular{who}@example.org",
                created_at=shop.clock(),
                updated_at=shop.clock(),
            )
            session.add(customer)
            session.flush()
            gap = 5 + who % 5
            for n in range(4 + who % 12):
                on = shop.today - timedelta(days=gap * (n + who % 6) + 1)
                session.add(
                    Order(
                        customer_id=customer.id,
                        ordered_on=on,
                        total_cents=300 + 20 * who,
                        currency="EUR",
                        created_at=shop.clock(),
                        considered_at=shop.clock() - timedelta(days=1),
                    )
                )


@pytest.fixture
def busy_shop(shop_at: Terminal, tmp_path: Path, store_url: str) -> Terminal:
    """A terminal in a shop with many orders."""
    made = Shop(tmp_path, clock=shop_at.clock, url=store_url)
    bakery(made)
    made.close()
    return shop_at


# From the store to the figures.


def test_the_published_example_has_the_published_fit_in_the_store(shop: Shop) -> None:
    purchases = read_purchases(folder())
    with shop.app.store.writing() as session:
        for number, (name, bought) in enumerate(purchases.items(), start=1):
            session.add(
                Customer(id=number, name=name, created_at=shop.clock(), updated_at=shop.clock())
            )
            session.flush()
            session.add_all(
                Order(
                    customer_id=number,
                    ordered_on=each.day,
                    total_cents=each.cents,
                    currency="EUR",
                    created_at=shop.clock(),
                )
                for each in bought
            )

    [part] = shop.app.worth(date(1997, 9, 30), Kind.MBG).parts

    assert (part.fit.customers, part.fit.repeats) == (2357, 2457)
    # The weak prior moves the published 0.525, 6.183, 0.891 and 1.614 that far.
    assert part.fit.r == pytest.approx(0.5166, abs=0.0011)
    assert part.fit.alpha / 7 == pytest.approx(6.1448, abs=0.0011)
    assert part.fit.a == pytest.approx(0.8987, abs=0.0011)
    assert part.fit.b == pytest.approx(1.6666, abs=0.0011)
    assert part.fit.trust is Trust.TOTALS


def test_orders_of_one_day_are_one_visit_and_a_refund_is_none(shop: Shop) -> None:
    ada = shop.customer()
    first = shop.order(ada, ago=30, cents=1_000)
    shop.order(ada, ago=10, cents=500)
    shop.order(ada, ago=10, cents=700)
    with shop.app.store.writing() as session:
        order = session.get_one(Order, first)
        intake.refund(session, order, 400, shop.today - timedelta(days=5), shop.clock())

    [row] = shop.app.worth(shop.today).rows()

    assert row.history
    assert (row.history.visits, row.history.orders) == (2, 3)
    assert row.history.cents == 1_800
    assert row.past_cents == 1_080
    assert row.history.last == shop.today - timedelta(days=10)


def test_an_order_that_went_back_whole_was_no_visit(shop: Shop) -> None:
    ada = shop.customer()
    shop.order(ada, ago=300)
    returned = shop.order(ada, ago=100)
    with shop.app.store.writing() as session:
        order = session.get_one(Order, returned)
        intake.refund(session, order, None, shop.today - timedelta(days=90), shop.clock())

    [row] = shop.app.worth(shop.today).rows()
    [before] = shop.app.worth(shop.today - timedelta(days=95)).rows()

    assert row.history
    assert before.history
    assert (row.history.visits, row.history.silent) == (1, 300)
    assert (before.history.visits, before.history.silent) == (2, 5)


def test_midnight_is_the_shops_own(shop: Shop) -> None:
    """Half past eleven and half past midnight in Berlin are one day in UTC, and two days here."""
    ada = shop.customer()
    shop.clock.now = shop.clock.now.replace(hour=22, minute=30)
    shop.order(ada, ago=0)
    shop.clock.sleep(hours=1)
    shop.order(ada, ago=0)

    [row] = shop.app.worth(shop.today).rows()

    assert row.history
    assert row.history.visits == 2


def test_a_guest_counts_for_the_shop_and_later_for_whom_it_was(shop: Shop) -> None:
    ada = shop.customer()
    shop.order(ada, ago=30)
    with shop.app.store.writing() as session:
        bought = intake.Purchase(shop.today - timedelta(days=60), 5_000, "EUR", "W-7")
        guest = intake.add_order(session, None, bought, shop.clock())
        intake.refund(session, guest, 1_000, shop.today, shop.clock())
    [before] = shop.app.worth(shop.today).rows()
    with shop.app.store.reading() as session:
        assert valuing.guests(session, shop.today) == {"EUR": (1, 4_000)}

    with shop.app.store.writing() as session:
        intake.assign(
            session, session.get_one(Order, guest.id), session.get_one(Customer, ada), shop.clock()
        )

    [after] = shop.app.worth(shop.today).rows()
    assert before.history
    assert after.history
    assert (before.history.rhythm.repeats, before.history.rhythm.known) == (0, 30)
    assert (after.history.rhythm.repeats, after.history.rhythm.known) == (1, 60)
    assert after.past_cents - before.past_cents == 2_400
    with shop.app.store.reading() as session:
        assert valuing.guests(session, shop.today) == {}


# Standings.


def test_standings_are_found_once_a_day(shop: Shop) -> None:
    bakery(shop)

    assert shop.app.find_standings() == 40
    assert shop.app.find_standings() == 0
    shop.clock.sleep(days=1)
    assert shop.app.find_standings() == 40


def test_who_has_no_orders_any_more_stands_nowhere(shop: Shop) -> None:
    bakery(shop, 3)
    shop.app.find_standings()
    with shop.app.store.writing() as session:
        session.query(Order).filter_by(customer_id=2).delete()
    shop.clock.sleep(days=1)

    assert shop.app.find_standings() == 2
    with shop.app.store.reading() as session:
        assert {each.customer_id for each in session.query(Standing)} == {1, 3}


def test_standings_that_were_broken_off_are_found_anew(shop: Shop) -> None:
    bakery(shop)
    shop.app.find_standings()
    shop.clock.sleep(days=1)
    with shop.app.store.writing() as session:
        some = {"rank": 1, "tier": "new", "last_order_on": shop.today, "quiet_on": None}
        valuing.keep(session, [{"customer_id": who, **some} for who in (1, 2)], shop.clock())

    assert shop.app.find_standings() == 40
    with shop.app.store.reading() as session:
        assert sorted(each.rank for each in session.query(Standing)) == list(range(1, 41))


def test_the_daemon_knows_where_customers_stand_before_it_looks_for_whom_to_write_to(
    shop: Shop,
) -> None:
    bakery(shop)
    shop.meeting(7, ago=0)
    shop.opened("[occasions.meeting]\nto = 'regulars'\n")

    with shop.app.at_work("daemon") as worker:
        Rounds(shop.app, worker, never).plan()

    assert [note.customer_id for note in shop.notes()] == [7]


def stood(shop: Shop) -> dict[int, Standing]:
    shop.app.find_standings()
    with shop.app.store.reading() as session:
        found = {each.customer_id: each for each in session.query(Standing)}
        session.expunge_all()
        return found


@pytest.mark.parametrize(
    ("circle", "expected"),
    [("everybody", 41), ("nobody", 0), ("top 3", 3), ("top 10%", 4), ("regulars", 40)],
)
def test_an_occasion_may_be_for_some(shop: Shop, circle: str, expected: int) -> None:
    bakery(shop)
    shop.customer("Never Bought")
    stood(shop)
    with shop.app.store.writing() as session:
        for customer in session.query(Customer):
            intake.add_meeting(session, customer, shop.today, None, shop.clock())
    shop.opened(f"[occasions.meeting]\nto = '{circle}'\n")

    shop.app.find()

    assert len(shop.notes()) == expected


def test_the_first_few_get_a_card_and_the_others_an_email(shop: Shop) -> None:
    bakery(shop)
    standing = stood(shop)
    with shop.app.store.writing() as session:
        for customer in session.query(Customer).where(Customer.id <= 20):
            customer.address = "Hauptstr. 1\n10115 Berlin"
            intake.add_meeting(session, customer, shop.today, None, shop.clock())
    shop.opened("[occasions.meeting]\ncard_to = 'top 20'\napprove = 'auto'\n")

    shop.app.find()
    found = {note.customer_id: note.channel for note in shop.notes()}
    shop.app.draft()

    drafted = {note.customer_id: note.channel for note in shop.notes()}
    assert found == drafted
    assert set(found.values()) == {"post", "email"}
    for customer_id, channel in found.items():
        assert (channel == "post") == (standing[customer_id].rank <= 20)


def test_a_template_may_ask_for_the_tier_and_never_learns_an_amount(shop: Shop) -> None:
    bakery(shop)
    top = min(stood(shop).values(), key=lambda each: each.rank).customer_id
    wording = shop.folder / "templates" / "meeting" / "en" / "ours.md"
    wording.parent.mkdir(parents=True)
    wording.write_text(
        '+++\nsubject = "Hello"\n+++\n{{ greeting }}\n\n'
        '{% if tier == "top" %}Dear old friend.{% else %}Good to know you.{% endif %}\n\n'
        "{{ signer }}\\\n{{ business }}\n"
    )
    for ours in (shipped("templates") / "meeting" / "en").glob("*.md"):
        (wording.parent / ours.name).write_text("+++\noff = true\n+++\n")
    with shop.app.store.writing() as session:
        for customer in session.query(Customer).where(Customer.id == top):
            intake.add_meeting(session, customer, shop.today, None, shop.clock())
    newcomer = shop.customer("Never Bought")
    shop.meeting(newcomer, ago=0)
    shop.app.reread()

    shop.app.find()
    shop.app.draft()

    said = {note.customer_id: note.body for note in shop.notes()}
    assert "Dear old friend." in (said[top] or "")
    assert "Good to know you." in (said[newcomer] or "")


# A quiet customer.

QUIET = "[occasions.quiet]\nenabled = true\n"


def silent(shop: Shop, days: int = 28) -> int:
    """Add regulars, and one who came each week for months and then no more; return who."""
    bakery(shop)
    ada = shop.customer()
    with shop.app.store.writing() as session:
        for n in range(30):
            on = shop.today - timedelta(days=days + 7 * n)
            bought = intake.Purchase(on, 1_000, "EUR")
            order = intake.add_order(session, session.get_one(Customer, ada), bought, shop.clock())
            order.considered_at = shop.clock() - timedelta(days=1)
    return ada


def quiet_notes(shop: Shop, customer_id: int) -> list[Note]:
    return shop.notes(occasion="quiet", customer_id=customer_id)


def test_nobody_is_written_to_for_a_silence_unless_the_owner_wants_it(shop: Shop) -> None:
    silent(shop)
    shop.app.find_standings()

    shop.app.find()

    assert shop.notes(occasion="quiet") == []


def test_who_has_fallen_silent_gets_one_note(shop: Shop) -> None:
    ada = silent(shop)
    shop.opened(QUIET)

    shop.run()
    shop.clock.sleep(days=1)
    shop.run()

    [note] = quiet_notes(shop, ada)
    assert note.state is NoteState.WAITING
    assert note.why
    assert note.why.startswith("silent since October 24")


def test_who_came_back_is_not_told_that_they_were_missed(shop: Shop) -> None:
    ada = silent(shop)
    shop.opened(QUIET)
    shop.run()

    shop.order(ada, ago=0)
    shop.approve_all()
    shop.run()

    [note] = quiet_notes(shop, ada)
    assert note.state is NoteState.APPROVED
    shop.clock.sleep(days=30)
    shop.run()
    [note] = quiet_notes(shop, ada)
    assert (note.state, note.reason) == (NoteState.SKIPPED, "came back since")


def test_a_refund_is_no_coming_back(shop: Shop) -> None:
    ada = silent(shop)
    shop.opened(QUIET)
    shop.run()
    with shop.app.store.writing() as session:
        order = session.query(Order).filter_by(customer_id=ada).order_by(Order.ordered_on).first()
        assert order
        intake.refund(session, order, 100, shop.today, shop.clock())

    shop.approve_all()
    shop.run()

    assert [note.state for note in quiet_notes(shop, ada)] == [NoteState.SENT]


def test_a_silence_of_long_ago_is_history(shop: Shop) -> None:
    ada = silent(shop, days=90)
    shop.opened(QUIET)

    shop.run()

    assert quiet_notes(shop, ada) == []


def test_nobody_is_thanked_for_an_order_that_was_refunded(shop: Shop) -> None:
    ada, ben = shop.customer(), shop.customer("Ben Okri")
    whole, part = shop.order(ada, ago=2), shop.order(ben, ago=2)
    shop.opened("[occasions.order]\napprove = 'auto'\nsend_at = '23:00'\n")
    shop.run()
    with shop.app.store.writing() as session:
        intake.refund(session, session.get_one(Order, whole), None, shop.today, shop.clock())
        intake.refund(session, session.get_one(Order, part), 100, shop.today, shop.clock())
    shop.clock.sleep(hours=12)

    shop.run()

    [refunded] = shop.notes(customer_id=ada)
    [kept] = shop.notes(customer_id=ben)
    assert refunded.state is NoteState.APPROVED
    assert kept.state is NoteState.SENT
    shop.clock.sleep(days=20)
    shop.run()
    assert shop.notes(customer_id=ada)[0].reason == "order refunded"


# The commands.


def test_the_keys_of_every_value_are_a_contract(busy_shop: Terminal) -> None:
    rows = busy_shop.json("value")

    assert [list(row) for row in rows] == [VALUE_KEYS] * 40
    assert list(busy_shop.json("value --model")) == MODEL_KEYS


def test_totals_of_the_list_add_up(busy_shop: Terminal) -> None:
    busy_shop("referral add", "Regular 40", "Regular 39")
    rows = busy_shop.json("value")
    orders = busy_shop.json("order list")

    assert sum(row["past"] for row in rows) == sum(row["referral_credit"] for row in rows)
    by_customer = {row["customer_id"]: 0 for row in rows}
    for order in orders:
        by_customer[order["customer_id"]] += order["total_cents"]
    assert {row["customer_id"]: row["past"] for row in rows} == {
        who: round(cents * 0.6) for who, cents in by_customer.items()
    }


@pytest.mark.parametrize("by", ["past", "future", "at-risk"])
def test_the_list_is_ranked_as_asked(busy_shop: Terminal, by: str) -> None:
    figures = [row[by.replace("-", "_")] for row in busy_shop.json("value --by", by)]

    assert figures == sorted(figures, reverse=True)
    assert len(set(figures)) > 5


def test_champions_come_first_by_what_came_of_their_referrals(busy_shop: Terminal) -> None:
    busy_shop("customer add", "Grace Hopper")
    busy_shop("referral add", "Grace Hopper", "Regular 40")

    first = busy_shop.json("value --by referrals")[0]

    assert first["customer"] == "Grace Hopper"
    assert (first["past"], first["flags"]) == (0, ["no_orders"])
    assert first["referral_direct"] == busy_shop.json("value", "Regular 40")["past"]
    assert "Grace Hopper" in busy_shop("value").partition("Who sent others")[2]


def test_the_tables_for_spreadsheets_hold_the_same(busy_shop: Terminal) -> None:
    busy_shop("customer add", "=cmd|' /C calc'!A0")

    table = list(csv.DictReader(StringIO(busy_shop("value --csv"))))

    rows = busy_shop.json("value")
    assert [float(row["past"]) for row in table] == [row["past"] / 100 for row in rows]
    assert list(table[0]) == VALUE_KEYS
    assert [row["customer"] for row in table if "cmd" in row["customer"]] == ["'=cmd|' /C calc'!A0"]


def test_the_shops_page_ranks_and_tells_who_is_slipping(busy_shop: Terminal) -> None:
    told = busy_shop("value --top 3")

    assert "40 of 40 customers bought" in told
    assert "no total can be told" in told
    for title in ("The first 3 by future", "Slipping away", "Where it comes from"):
        assert title in told


def test_a_customers_page_shows_its_arithmetic(busy_shop: Terminal) -> None:
    busy_shop("life-event add", "Regular 7", "wedding", "3000", *words("--year 2028 --times 4"))
    told = busy_shop("value", "Regular 7")
    shape = busy_shop.json("value", "Regular 7")

    assert "€48.40 paid in 11 orders on 11 days, times a margin of 60%" in told
    assert "past          €29.04 earned" in told
    assert "every 7 days, now silent for 8 days" in told
    assert "wedding 2028: 4 x €3,000.00 x 100% x 60%" in told
    assert shape["what_if"] == round(12_000_00 * 0.6 / 1.1**2)
    assert shape["past"] == 2904


def words(text: str) -> list[str]:
    return text.split()


def test_a_life_event_is_a_guess_that_can_be_taken_back(busy_shop: Terminal) -> None:
    more = words("--year 2029 --chance 50%")
    shape = busy_shop.json("life-event add", "Regular 1", "moving house", "400", *more)

    assert list(shape) == LIFE_EVENT_KEYS
    assert (shape["cents"], shape["chance"], shape["year"]) == (40_000, 0.5, 2029)
    assert busy_shop.json("life-event list") == [shape]
    assert "moving house" in busy_shop("life-event list", "Regular 1")
    busy_shop(f"life-event remove {shape['id']}")
    assert busy_shop.json("life-event list") == []
    assert busy_shop.refused("life-event remove 99", status=1)[0] == "there is no life event 99"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("--year 2020", "2020 is no year to come"),
        ("--year 2028 --chance 0", "'0' is no chance"),
        ("--year 2028 --chance 120%", "'120%' is no chance"),
        ("--year 2028 --chance half", "'half' is no chance"),
    ],
)
def test_an_impossible_life_event_is_refused(busy_shop: Terminal, more: str, wrong: str) -> None:
    refused = busy_shop.refused("life-event add", "Regular 1", "x y", "5", *words(more), status=2)

    assert refused[0] == wrong


def test_the_model_is_shown_in_weeks_with_every_fit(busy_shop: Terminal) -> None:
    busy_shop("customer add", "Acme Ltd", "--kind", "company")
    busy_shop("order add", "Acme Ltd", "5000")
    busy_shop("order add", "Regular 1", "12 CHF")

    first = busy_shop.json("value --model --kind bg --prior none --as-of 2026-11-20")
    told = busy_shop("value --model")

    assert (first["kind"], first["prior"], first["as_of"]) == ("bg", "none", "2026-11-20")
    assert first["customers"] == 40
    others = busy_shop.json("value --model")["others"]
    assert {(each["currency"], each["buyers"]) for each in others} == {
        ("CHF", "people"),
        ("EUR", "companies"),
    }
    assert "alpha" in told
    assert "good for: the order of customers, and ranges" in told


def test_nothing_is_made_up_of_an_empty_shop(shop_at: Terminal) -> None:
    shop_at("customer add", "Ada Lovelace")

    out, err, status = shop_at.all("value")
    assert (out, status) == ("", 0)
    assert err == "nobody has bought yet: appreciation order add CUSTOMER AMOUNT\n"
    model = shop_at.json("value --model")
    assert (model["r"], model["trust"], model["customers"]) == (None, "none", 0)
    [row] = shop_at.json("value")
    assert (row["past"], row["future"], row["flags"]) == (0, None, ["no_orders"])
    assert "no order yet" in shop_at("value", "Ada")


def test_a_young_shop_is_told_why_it_gets_no_forecast(shop_at: Terminal) -> None:
    shop_at("customer add", "Ada Lovelace")
    shop_at("order add", "Ada", "12")

    told = shop_at("value")

    assert "it takes 8 weeks of orders; there are 0" in told
    page = shop_at("value", "Ada")
    assert "not to be told yet" in page
    assert "one visit so far, now silent for 0 days" in page


def test_orders_that_stopped_long_ago_are_told(shop_at: Terminal) -> None:
    shop_at("customer add", "Ada Lovelace")
    shop_at("order add", "Ada", "12", "--on", "2026-02-01")

    _, err, _ = shop_at.all("value")
    assert "no order is recorded after 2026-02-01" in err
    assert shop_at.json("value", "Ada")["silent_days"] == 0
    told, err, _ = shop_at.all("value", "Ada", "--as-of", "2026-11-21", "--json")
    assert err == ""
    assert json.loads(told)["silent_days"] == 293


def test_orders_after_the_day_are_left_out_and_told(busy_shop: Terminal) -> None:
    _, err, _ = busy_shop.all("value --as-of 2026-11-01")

    assert "left out: " in err
    assert busy_shop.refused("value --as-of 2027-01-01", status=2)[0].endswith("is yet to come")


def test_a_referral_to_oneself_is_told_and_not_counted(busy_shop: Terminal, tmp_path: Path) -> None:
    """The command refuses it; an import or an older version may have let it in."""
    from appreciation.app import assemble
    from appreciation.config.reading import load
    from appreciation.store.tables import Referral

    app = assemble(load(tmp_path / "config.toml"), busy_shop.clock)
    with app.store.writing() as session:
        now, today = busy_shop.clock(), app.today()
        twice = {"referrer_id": 3, "referred_id": 3, "referred_name": "x", "referred_on": today}
        session.add(Referral(**twice, created_at=now))
    app.store.close()

    _, err, _ = busy_shop.all("value")

    assert err == "not counted: Regular 3 sent Regular 3; nobody refers themselves\n"


@ON_SQLITE
@pytest.mark.parametrize("kind", [".svg", ".png", ".pdf"])
def test_the_shop_can_be_drawn(busy_shop: Terminal, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"shop{kind}"

    busy_shop("value --plot", str(file))

    starts = {".svg": b"<svg", ".png": b"\x89PNG", ".pdf": b"%PDF"}
    assert file.read_bytes().startswith(starts[kind])
    assert file.stat().st_size > 5_000


@ON_SQLITE
def test_an_unknown_picture_is_refused_with_those_that_are_known(busy_shop: Terminal) -> None:
    _, mend = busy_shop.refused("value --plot shop.gif", status=1)

    assert mend == "let the name end with one of: .svg, .png, .pdf"


@ON_SQLITE
def test_the_readme_shows_a_real_page(busy_shop: Terminal) -> None:
    busy_shop("customer add", "Ada Lovelace", "--email", "ada@example.org")
    for weeks in range(40):
        day = date(2026, 11, 15) - timedelta(weeks=weeks)
        busy_shop("order add", "Ada", "5.00", "--on", str(day))

    told = busy_shop("value ada")

    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"$ appreciation value ada\n{told}```" in readme


# Orders.


def test_an_order_is_refunded_in_part_and_then_whole(shop_at: Terminal) -> None:
    shop_at("customer add", "Ada Lovelace")
    order = shop_at.json("order add Ada 12.50 --number A1")

    back = shop_at.json("order refund A1 2.50")
    assert (back["total_cents"], back["refund_of"]) == (-250, order["id"])
    assert "refund of order" in shop_at("order refund A1")
    wrong, _ = shop_at.refused("order refund A1", status=1)
    assert wrong == "order A1 cannot be refunded by that much: nothing is left"
    assert sum(each["total_cents"] for each in shop_at.json("order list Ada")) == 0


@pytest.mark.parametrize(
    ("typed", "wrong", "status"),
    [
        ("order refund Z9", "there is no order 'Z9'", 1),
        ("order refund A1 99", "order A1 cannot be refunded by that much: €12.50 of it is left", 1),
        ("order refund A1 5CHF", "order A1 was paid in EUR, not in CHF", 2),
        ("order refund 2", "order 2 is no order that was paid", 1),
        (
            "order refund A1 5 --on 2026-01-01",
            "2026-01-01 lies before the order, which is of 2026-11-21",
            2,
        ),
        ("order assign A1 Ada", "order A1 is Ada Lovelace's", 1),
    ],
)
def test_what_cannot_be_given_back_is_refused(
    shop_at: Terminal, typed: str, wrong: str, status: int
) -> None:
    shop_at("customer add", "Ada Lovelace")
    shop_at("order add Ada 12.50 --number A1")
    shop_at("order add Ada 0")

    assert shop_at.refused(typed, status=status)[0] == wrong


def test_a_guests_order_is_given_to_whom_it_was(shop_at: Terminal) -> None:
    shop_at("customer add", "Ada Lovelace", "--email", "ada@example.org")
    assert "a guest" in shop_at("order guest 12.50 --number W1 --on 2026-11-20")
    assert "guests     €12.50" in shop_at("value")
    shop_at("run --once")

    given = shop_at.json("order assign W1 Ada")

    assert given["customer"] == "Ada Lovelace"
    assert "guests" not in shop_at("value")
    # And is thanked for, now that there is somebody to thank.
    shop_at("run --once")
    assert [note["customer"] for note in shop_at.json("note list")] == ["Ada Lovelace"]
