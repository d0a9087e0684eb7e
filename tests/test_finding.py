from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appreciation.cli.running import batch_in_words
from appreciation.dates import YearlyDay
from appreciation.stages import finding, intake
from appreciation.status import Batch, look
from appreciation.store import planning
from appreciation.store.notes import notes_in
from appreciation.store.tables import Customer, NoteState
from tests.conftest import NOON, Shop

HOME = "Am Tor 3\n10115 Berlin"
HOMES = {
    None: HOME,
    "FR": "1 rue du Four\n75006 Paris",
    "US": "1 Main St\nSpringfield, IL 62701",
}


def test_a_birthday_is_due_at_nine_in_the_customers_own_morning(shop: Shop) -> None:
    shop.customer("Hanako", born="25 Nov", timezone="Asia/Tokyo")
    shop.run()

    (note,) = shop.notes()
    assert note.due_at == datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
    assert note.occurrence == "2026"


def test_the_second_year_comes(shop: Shop) -> None:
    shop.customer(born="1990-11-21")
    shop.run()
    shop.clock.sleep(days=365)
    shop.run()

    assert [note.occurrence for note in shop.notes()] == ["2026", "2027"]


def test_looking_twice_finds_nothing_new(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.order(who)
    assert shop.run()["found"] == 2

    assert "found" not in shop.run()


def test_whoever_is_born_on_29_february_is_noted_a_day_early_in_a_common_year(shop: Shop) -> None:
    shop.customer(born="2000-02-29")
    shop.clock.now = datetime(2027, 2, 25, 12, tzinfo=UTC)
    shop.run()

    assert [note.on for note in shop.notes()] == [date(2027, 2, 28)]


def test_three_years_of_old_orders_are_no_flood(shop: Shop) -> None:
    who = shop.customer(born="1970-01-01")
    for ago in range(20, 1100, 30):
        shop.order(who, ago=ago)

    assert shop.run() == {}
    assert shop.notes() == []


def test_an_order_of_yesterday_is_thanked_for_once_the_parcel_had_time_to_arrive(
    shop: Shop,
) -> None:
    shop.order(shop.customer(), ago=1, number="1042")
    shop.run()

    (note,) = shop.notes()
    assert (note.occurrence, note.variant) == ("1042", "first")
    assert note.due_at == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_an_order_for_nothing_is_no_occasion(shop: Shop) -> None:
    shop.order(shop.customer(), cents=0)

    assert shop.run() == {}


def test_a_second_order_gets_the_wording_for_those_who_came_back(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=300)
    shop.order(who, ago=1)
    shop.run()

    assert [note.variant for note in shop.notes()] == ["again"]


def test_the_first_meeting_and_the_next_differ(shop: Shop) -> None:
    who = shop.customer()
    shop.meeting(who, ago=3, place="the fair")
    shop.meeting(who, ago=1)
    shop.run()

    assert [note.variant for note in shop.notes()] == ["first", "later"]


def test_a_referral_waits_until_the_referred_person_is_known(shop: Shop) -> None:
    ada = shop.customer()
    shop.referral(ada, "Ben Okafor")
    assert shop.run() == {}

    shop.clock.sleep(days=40)
    shop.customer("Ben Okafor")
    shop.run()

    (note,) = shop.notes()
    assert (note.customer_id, note.occasion, note.why) == (ada, "referral", "sent Ben Okafor to us")


def test_a_referral_may_wait_until_the_referred_person_has_bought(shop: Shop) -> None:
    shop.opened("[occasions.referral]\nonce = 'bought'\n[occasions.order]\nenabled = false\n")
    ben = shop.customer("Ben Okafor")
    shop.referral(shop.customer(), ben)
    assert shop.run() == {}

    shop.clock.sleep(days=90)
    shop.order(ben, ago=0, items="a secret")
    shop.run()

    (note,) = shop.notes()
    assert note.on == shop.today
    assert "secret" not in (note.body or "") + (note.why or "")


def test_what_fell_due_while_nobody_was_at_work_is_belated_then_told(shop: Shop) -> None:
    shop.customer("Ada", born="1 Dec")
    shop.customer("Ben", born="9 Dec")
    shop.run()
    shop.clock.now = datetime(2026, 12, 11, 12, tzinfo=UTC)
    counts = shop.run()

    assert counts["skipped"] == 1
    early, late = shop.notes()
    assert early.state is NoteState.SKIPPED
    assert early.reason == "too late: nobody was at work while it was due"
    assert (late.state, late.belated) == (NoteState.WAITING, True)


def test_what_was_too_late_when_the_store_learned_of_it_was_not_missed(shop: Shop) -> None:
    shop.customer("Old friend", born="1 Nov")
    shop.run()
    shop.customer("New friend", born="2 Nov")

    assert shop.run() == {}


def test_an_occasion_that_was_switched_off_has_missed_nothing(shop: Shop) -> None:
    shop.customer(born="1 Dec")
    shop.run()
    shop.opened("[occasions.birthday]\nenabled = false\n")
    shop.clock.now = datetime(2026, 12, 10, 12, tzinfo=UTC)
    shop.run()
    shop.opened()
    shop.run()

    assert shop.notes() == []


def test_a_corrected_birthday_is_noted_for_its_right_day_only(shop: Shop) -> None:
    who = shop.customer(born="23 Nov")
    shop.run()
    shop.birthday(who, YearlyDay(11, 26))
    shop.run()

    assert [(note.on.day, note.occurrence) for note in shop.notes()] == [(26, "2026")]


def test_a_corrected_birthday_is_not_wished_a_second_time(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.run()
    shop.approve_all()
    shop.run()
    shop.birthday(who, YearlyDay(11, 25))
    shop.run()

    assert [note.state for note in shop.notes()] == [NoteState.SENT]


def test_an_open_note_moves_with_its_customers_zone(shop: Shop) -> None:
    who = shop.customer(born="25 Nov")
    shop.run()
    shop.edit(who, timezone="America/New_York")
    shop.run()

    (note,) = shop.notes()
    assert note.due_at == note.try_at == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def test_a_card_leaves_in_time_to_arrive(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\nlead = '2d'\n")
    shop.customer(born="28 Nov", address="Am Tor 3\n10115 Berlin")
    shop.run()

    (note,) = shop.notes()
    assert (note.channel, note.backend) == ("post", "print")
    # There two days before Saturday the 28th, two working days after Tuesday the 24th.
    assert note.due_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "due"),
    [
        ("1 Dec", "2026-11-26"),  # the last Thursday at least three days before
        ("23 Nov", "2026-11-19"),  # that Thursday has passed, the next is too late: at once
        ("27 Nov", "2026-11-26"),  # Thursday the 19th has passed; the 26th is still in time
    ],
)
def test_a_card_leaves_on_the_print_day_unless_that_is_too_late(
    shop: Shop, born: str, due: str
) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n[delivery.print]\nprint_day = 'thursday'\n")
    shop.customer(born=born, address="Am Tor 3\n10115 Berlin")
    shop.run()

    (note,) = shop.notes()
    assert str(note.due_at.date()) == due


def test_what_is_upcoming_is_what_will_be_found(shop: Shop) -> None:
    shop.customer("Ada", born="29 Nov")
    shop.customer("Ben", born="29 Jan", timezone="Asia/Tokyo")
    shop.order(shop.customer("Cleo"), ago=0)
    foreseen = {
        (row["customer_id"], row["occasion"], row["due_at"]) for row in shop.app.upcoming(90)
    }
    assert shop.notes() == []

    for _ in range(30):
        shop.run()
        shop.clock.sleep(days=3)

    assert {(n.customer_id, n.occasion, n.due_at) for n in shop.notes()} == foreseen
    assert len(foreseen) == 3


def test_an_idle_look_remembers_when_it_was(shop: Shop) -> None:
    shop.run()

    with shop.app.store.reading() as session:
        assert planning.last_looks(session)["birthday"] == NOON


def test_a_card_of_thanks_does_not_leave_before_the_order(shop: Shop) -> None:
    shop.opened("[occasions.order]\nby = 'post'\nlead = '9d'\n")
    shop.order(shop.customer(address="Am Tor 3\n10115 Berlin"), ago=1)
    shop.run()

    assert shop.notes()[0].due_at.date() == date(2026, 11, 20)


def test_what_the_cooldown_would_skip_is_not_upcoming(shop: Shop) -> None:
    who = shop.customer()
    for ago in (2, 1, 0):
        shop.order(who, ago=ago)
    assert len(shop.app.upcoming(30)) == 1

    shop.run()
    shop.order(who, ago=0)
    assert shop.app.upcoming(30) == []


def test_a_card_abroad_leaves_earlier_than_one_at_home(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\nahead = '60d'\n[post]\ntransit = {US = 8}\n")
    for name, country in (("Ada", None), ("Ben", "FR"), ("Cleo", "US")):
        shop.customer(name, born="18 Dec", address=HOMES[country], country=country)
    shop.run()

    due = {note.customer.name: str(note.due_at.date()) for note in shop.notes()}
    assert due == {"Ada": "2026-12-16", "Ben": "2026-12-14", "Cleo": "2026-12-08"}


def test_29_february_is_kept_as_the_shop_or_the_person_chooses(shop: Shop) -> None:
    shop.settings = shop.settings.replace('country = "DE"', 'country = "DE"\nleap_day = "mar1"')
    shop.opened()
    shop.customer("Ada", born="29 Feb")
    with shop.app.store.writing() as session:
        ben = session.get_one(Customer, shop.customer("Ben", born="29 Feb"))
        intake.choose_leap_day(ben, "feb28", shop.clock())
    for _ in range(100):
        shop.app.find()
        shop.clock.sleep(days=5)

    days = {(note.customer.name, str(note.on)) for note in shop.notes()}
    assert days == {
        ("Ada", "2027-03-01"),
        ("Ben", "2027-02-28"),
        ("Ada", "2028-02-29"),
        ("Ben", "2028-02-29"),
    }


def test_a_change_of_the_leap_day_moves_the_open_note(shop: Shop) -> None:
    shop.clock.sleep(days=95)
    who = shop.customer(born="29 Feb")
    shop.run()
    with shop.app.store.writing() as session:
        intake.choose_leap_day(session.get_one(Customer, who), "mar1", shop.clock())
    shop.run()

    assert [str(note.on) for note in shop.notes()] == ["2027-03-01"]


def test_of_whom_only_the_month_is_known_is_greeted_for_all_of_it(shop: Shop) -> None:
    shop.customer(born="in December")
    shop.clock.sleep(days=11)
    shop.run()

    (note,) = shop.notes()
    assert (note.on, note.variant, note.belated) == (date(2026, 12, 1), "month", False)
    assert "December" in (note.subject or "") + (note.body or "")
    assert note.on_time_until == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_an_open_thank_you_moves_with_its_customers_zone(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=0)
    shop.run()
    shop.edit(who, timezone="America/New_York")
    shop.run()

    (note,) = shop.notes()
    assert note.due_at == note.try_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_an_open_thank_you_moves_with_the_settings(shop: Shop) -> None:
    shop.order(shop.customer(), ago=0)
    shop.run()
    shop.opened("[occasions.order]\nsend_at = '17:30'\n")
    shop.run()

    assert [note.due_at for note in shop.notes()] == [datetime(2026, 11, 23, 16, 30, tzinfo=UTC)]


def test_an_order_of_28_february_is_thanked_for_once(shop: Shop) -> None:
    shop.clock.sleep(days=100)
    shop.order(shop.customer(), ago=1)
    shop.run()

    assert [str(note.on) for note in shop.notes()] == ["2027-02-28"]


@pytest.mark.parametrize("way", [{"post_consent": False}, {"address": None}])
def test_who_wants_no_cards_gets_an_email_where_that_may_be(
    shop: Shop, way: dict[str, Any]
) -> None:
    shop.opened("[occasions.birthday]\nby = 'post-or-email'\n")
    shop.customer(born="25 Nov", **{"address": HOME} | way)
    shop.run()

    assert [(note.channel, note.state) for note in shop.notes()] == [("email", NoteState.WAITING)]


def test_who_has_not_agreed_to_emails_gets_a_card_where_that_may_be(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'email-or-post'\n")
    shop.customer(born="29 Nov", address=HOME, email_consent=False)
    shop.run()

    assert [(note.channel, note.recipient) for note in shop.notes()] == [("post", HOME)]


@pytest.mark.parametrize(
    ("born", "fields", "held"),
    [
        ("2010-11-22", {}, "is under 16, and nobody has agreed to emails"),
        ("2010-11-21", {}, None),
        ("2018-11-22", {"email_consent": True}, None),
        ("22 Nov", {}, None),
    ],
)
def test_a_child_is_not_written_to_by_email_unless_somebody_has_agreed(
    shop: Shop, born: str, fields: dict[str, Any], held: str | None
) -> None:
    shop.customer(born=born, **fields)
    shop.run()

    with shop.app.store.reading() as session:
        ((_, why),) = notes_in(session, shop.today, None, None)
    assert why == held


def test_a_child_gets_a_card(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'email-or-post'\n")
    shop.customer(born="2018-11-29", address=HOME)
    shop.run()

    assert [note.channel for note in shop.notes()] == ["post"]


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sleep"), st.integers(1, 60 * 30)),
        st.tuples(st.just("add"), st.integers(0, 365), st.sampled_from(["", "Asia/Tokyo"])),
        st.tuples(st.just("order"), st.integers(1, 5), st.integers(0, 9)),
        st.tuples(st.just("zone"), st.integers(1, 5), st.sampled_from(["Pacific/Auckland", None])),
        st.tuples(st.just("move"), st.integers(1, 5), st.sampled_from([HOME, None])),
    ),
    max_size=12,
)


def _play(folder: Path, steps: list[tuple[Any, ...]], *, thorough: bool) -> list[object]:
    """Do ``steps`` in a new shop, looking after each; return the notes that came of it."""
    folder.mkdir()
    shop = Shop(folder)
    shop.opened(
        "[occasions.birthday]\nby = 'post-or-email'\n[delivery.print]\nprint_day = 'monday'"
    )
    known = 0
    try:
        for what, *words in steps:
            number, word = (*words, None)[:2]
            if what == "sleep":
                shop.clock.sleep(minutes=number)
            elif what == "add":
                day = date(2026, 1, 1) + timedelta(days=number)
                shop.customer("Ada", born=f"--{day:%m-%d}", email=None, timezone=word or None)
                known += 1
            elif number <= known:
                if what == "order":
                    shop.order(number, ago=word)
                else:
                    shop.edit(number, **{"timezone" if what == "zone" else "address": word})
            with shop.app.store.writing() as session:
                finding.find(
                    session, shop.app.finders, shop.app.rules, shop.clock(), thorough=thorough
                )
        return [(n.customer_id, n.occasion, n.occurrence, n.due_at, n.state) for n in shop.notes()]
    finally:
        shop.close()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS)
def test_a_glance_finds_what_a_thorough_look_would(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("looks")

    glanced = _play(folder / "glance", steps, thorough=False)
    assert glanced == _play(folder / "thorough", steps, thorough=True)


def test_status_tells_the_next_batch_and_what_cannot_wait_for_another(shop: Shop) -> None:
    shop.opened(
        "[occasions.birthday]\nby = 'post'\nahead = '60d'\n"
        "[delivery.print]\nprint_day = 'thursday'\n"
    )
    for born in ("30 Nov", "1 Dec", "10 Dec"):
        shop.customer(born=born, address=HOME, email=None)
    shop.run()

    assert look(shop.app).batch == Batch(date(2026, 11, 26), cards=2, urgent=2)
    shop.clock.sleep(days=5, hours=-4)
    seen = look(shop.app).batch
    assert seen is not None
    assert batch_in_words(seen, shop.today) == "today's: 2 cards, 2 must go today"
