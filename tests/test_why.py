"""Why somebody gets a note on a day, or none: each rule with its answer, and what they come to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from appreciation.dates import parse_yearly_day
from appreciation.stages import intake
from appreciation.store import suppressions
from appreciation.store.tables import Customer, Hold, NoteState, Planned
from appreciation.why.answers import Answer, Day, Explained
from appreciation.why.explaining import why
from tests.conftest import ON_SQLITE, Shop
from tests.terminal import Terminal

WHY = ["customer_id", "customer", "days"]
DAY = ["on", "tense", "answers", "occasions"]
ANSWER = ["rule", "lets", "told", "figures"]
EXPLAINED = [
    *("occasion", "about", "occurrence", "due_at", "note_id", "state", "answers", "verdict"),
]


def asked(shop: Shop, who: int, on: date | None = None) -> list[Day]:
    with shop.app.store.reading() as session:
        return why(shop.app, session, session.get_one(Customer, who), on)


def day(shop: Shop, who: int, on: date | None = None) -> Day:
    return asked(shop, who, on or shop.today)[0]


def of(shop: Shop, who: int, occasion: str, on: date | None = None) -> Explained:
    (found,) = [each for each in day(shop, who, on).occasions if each.occasion == occasion]
    return found


def rule(of: Explained | Day, name: str) -> Answer:
    answers = of.customer if isinstance(of, Day) else of.answers
    (found,) = [answer for answer in answers if answer.rule == name]
    return found


def stops(of: Explained | Day) -> list[str]:
    answers = of.customer if isinstance(of, Day) else of.answers
    return [answer.rule for answer in answers if answer.lets is False]


# A day to come.


def test_a_birthday_to_come_is_told_with_its_moments(shop: Shop) -> None:
    who = shop.customer(born="1990-12-12", timezone="Asia/Tokyo")
    told = of(shop, who, "birthday", date(2026, 12, 12))

    assert stops(told) == []
    assert told.about == "birthday on December 12"
    assert told.due_at == datetime(2026, 12, 12, 0, 0, tzinfo=UTC)
    assert "due Sat 12 Dec 2026 09:00" in rule(told, "moments").told
    assert "belated until Thu 17 Dec 2026 00:00 (Asia/Tokyo)" in rule(told, "moments").told
    assert rule(told, "way").told == "by outbox to ada@example.org"
    assert told.verdict == (
        "a note is found on 2026-12-05, waits for your approval, and leaves Sat 12 Dec 2026 09:00"
    )


def test_what_is_foretold_is_what_comes(shop: Shop) -> None:
    settings = "[occasions.order]\napprove = 'auto'\ncooldown = '9d'\n"
    settings += "[occasions.birthday]\napprove = 'auto'\nto = 'top 2'\n"
    settings += "[tact]\nper_month = 0\ntogether = '0d'\n"
    shop.opened(f"{settings}[occasions.meeting]\napprove = 'auto'\n")
    people = [
        shop.customer("Ada", born="24 Nov"),
        shop.customer("Ben", born="30 Nov", timezone="Asia/Tokyo"),
        shop.customer("Cleo", born="2 Dec", email=None),
        shop.customer("Dora", born="5 Dec"),
    ]
    for who, ago in ((people[0], 0), (people[0], 1), (people[1], 1), (people[3], 90)):
        shop.order(who, ago=ago)
    shop.meeting(people[3], ago=0)
    shop.app.find_standings()
    foretold = set()
    for ahead in range(15):
        on = shop.today + timedelta(days=ahead)
        for who in people:
            for each in day(shop, who, on).occasions:
                if each.occurrence is not None and not stops(each):
                    foretold.add((who, each.occasion, each.occurrence, each.due_at))
    assert shop.notes() == []

    for _ in range(15):
        shop.run()
        shop.clock.sleep(days=1)

    came = {
        (note.customer_id, note.occasion, note.occurrence, note.due_at)
        for note in shop.notes()
        if note.state not in (NoteState.SKIPPED, NoteState.BLOCKED)
    }
    assert {name for _, name, _, _ in came} == {"birthday", "order", "meeting"}
    assert foretold == came


def test_without_a_day_today_and_the_next_day_of_each_occasion_are_told(shop: Shop) -> None:
    who = shop.customer(born="12 Dec")
    days = asked(shop, who)

    assert [str(each.on) for each in days] == ["2026-11-21", "2026-12-12"]
    assert [each.occasion for each in days[1].occasions] == ["birthday"]
    assert {each.occasion for each in days[0].occasions} == set(shop.app.config.occasions.by_name())


def test_asking_writes_nothing(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.order(who, ago=2)
    asked(shop, who)

    with shop.app.store.reading() as session:
        assert session.scalars(select(Planned)).all() == []
        assert session.scalar(text("SELECT count(*) FROM orders WHERE considered_at IS NULL")) == 1
    assert shop.notes() == []


# Each rule.


def test_each_reason_not_to_write_to_somebody_is_told_on_its_own(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    assert stops(day(shop, who)) == []
    now = shop.clock()
    shop.hold(who, "order returned", date(2027, 1, 10))
    held = day(shop, who)
    assert "order returned, until 2027-01-10" in rule(held, "not_on_hold").told
    assert stops(held) == ["not_on_hold"]
    assert of(shop, who, "birthday").verdict == (
        "a note is found at the next look and held back: on hold: order returned"
    )
    assert stops(day(shop, who, date(2027, 1, 11))) == []

    shop.edit(who, opted_out_at=now, deceased_at=now, email_consent=False)
    with shop.app.store.writing() as session:
        suppressions.suppress(session, "ada@example.org", "no such user", now)
    told = day(shop, who)

    assert stops(told) == ["lives", "not_opted_out", "not_on_hold"]
    assert rule(told, "address_works").told == "no emails since 2026-11-21: no such user"
    assert rule(told, "has_agreed").told == "wants no emails; nobody asked about cards"
    assert "may not be written to by email" in rule(of(shop, who, "birthday"), "way").told


@pytest.mark.parametrize("ahead", [0, 1, 9, 10, 11])
@pytest.mark.parametrize("how", ["", "hold", "hold until", "released", "opted out", "died"])
def test_the_rules_and_the_gate_are_of_one_mind(shop: Shop, how: str, ahead: int) -> None:
    from appreciation.store import explaining

    who = shop.customer()
    now = shop.clock()
    match how:
        case "hold" | "released":
            shop.hold(who)
        case "hold until":
            shop.hold(who, until=shop.today + timedelta(days=10))
        case "opted out":
            shop.edit(who, opted_out_at=now)
        case "died":
            shop.edit(who, deceased_at=now)
    if how == "released":
        with shop.app.store.writing() as session:
            session.scalars(select(Hold)).one().released_at = now
    on = shop.today + timedelta(days=ahead)

    with shop.app.store.reading() as session:
        silenced = explaining.silenced(session, session.get_one(Customer, who), on)
    assert bool(stops(day(shop, who, on))) == (silenced is not None)


@ON_SQLITE
def test_an_address_that_may_not_be_used_is_not_said_to_be_lacking(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'email-or-post'\n")
    who = shop.customer(born="2015-12-12")

    told = rule(of(shop, who, "birthday", date(2026, 12, 12)), "way")
    assert told.told == (
        'no postal address to write to, and may not be written to by email (by = "email-or-post")'
    )


@ON_SQLITE
def test_what_a_hold_keeps_from_being_written_is_not_promised(shop: Shop) -> None:
    who = shop.customer(born="25 Nov")
    shop.hold(who, until=date(2026, 11, 23))
    shop.run()

    told = of(shop, who, "birthday", date(2026, 11, 25)).verdict
    assert told.endswith("written once nothing keeps it: on hold: order returned")


def test_a_child_is_told_as_one_until_the_day_they_are_grown_up(shop: Shop) -> None:
    who = shop.customer(born="2011-12-12")
    young, grown = (day(shop, who, date(year, 12, 12)) for year in (2026, 2027))

    assert rule(young, "grown_up").told == "a minor on that day, and nobody has agreed to emails"
    assert rule(grown, "grown_up").lets is True
    assert stops(of(shop, who, "birthday", date(2026, 12, 12))) == ["way"]


def test_of_whom_only_the_month_is_known_that_is_told(shop: Shop) -> None:
    who = shop.customer(born="December")
    told = of(shop, who, "birthday", date(2026, 12, 1))

    assert rule(told, "known").told == "birthday December, no year, no day"
    assert told.occurrence == "2026"


def test_what_is_switched_off_or_not_for_them_is_told(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.opened("[occasions.birthday]\nenabled = false\nto = 'regulars'\n")
    told = of(shop, who, "birthday")

    assert stops(told) == ["switched_on", "among"]
    assert told.verdict == "no note: switched off ([occasions.birthday] enabled)"
    assert rule(told, "among").told == "is not one of regulars"


def test_what_nobody_knows_is_told(shop: Shop) -> None:
    who = shop.customer()

    assert of(shop, who, "birthday").verdict == "no note: no birthday is known"
    assert of(shop, who, "order").verdict == "no note: no order is known"


@ON_SQLITE
def test_every_kind_of_day_that_is_known_is_told(shop: Shop) -> None:
    shop.opened('[occasions.own_day.days.opening-day]\non = "04-01"\ncountries = ["DE"]\n')
    who = shop.customer(born="12 Dec")
    nothing = {each: rule(of(shop, who, each), "known") for each in ("date", "anniversary")}
    shop.order(who, ago=3)
    with shop.app.store.writing() as session:
        wedding = parse_yearly_day("14 May 2010", shop.today)
        customer = session.get_one(Customer, who)
        intake.add_date(session, customer, "wedding", wedding, shop.clock(), "")
        lily = parse_yearly_day("3 June", shop.today)
        intake.add_date(session, customer, "birthday", lily, shop.clock(), "Lily")

    assert {name: (known.lets, known.told) for name, known in nothing.items()} == {
        "date": (False, "no day but a birthday is known"),
        "anniversary": (False, "has bought nothing yet"),
    }
    date_known = rule(of(shop, who, "date"), "known")
    assert date_known.told == "wedding May 14; birthday of Lily June 3"
    assert [each["day"] for each in date_known.figures["dates"]] == ["2010-05-14", "--06-03"]
    assert rule(of(shop, who, "anniversary"), "known").told == "ordered first on 2026-11-18"
    own = rule(of(shop, who, "own_day"), "known").told
    assert own == "opening-day April 1, only for DE"


def test_what_does_not_fall_on_the_day_tells_when_it_will(shop: Shop) -> None:
    who = shop.customer(born="12 Dec")

    told = of(shop, who, "birthday")
    assert told.verdict == "no note: does not fall on this day; next: 2026-12-12"
    assert rule(told, "known").told == "birthday December 12, no year"


def test_an_order_is_told_with_its_number_and_when_it_was_considered(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=1, number="1042")
    before = of(shop, who, "order")
    assert rule(before, "known").told == "order 1042 of November 20, not considered yet"
    shop.run()
    after = of(shop, who, "order", date(2026, 11, 22))

    assert rule(after, "known").told == (
        "order 1042 of November 20, considered Sat 21 Nov 2026 12:00: note 1"
    )
    assert (after.note_id, after.state) == (1, "waiting")
    assert after.verdict == "note 1 waits for your approval: appreciation note preview 1"


def test_the_cooldown_names_the_other_note(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=2)
    shop.run()
    shop.order(who, ago=0, number="7")
    told = of(shop, who, "order", shop.today + timedelta(days=2))

    assert stops(told) == ["rarely_enough"]
    assert told.verdict == "no note: within 30 days of note 1"
    shop.run()
    assert shop.notes()[-1].state is NoteState.SKIPPED


def test_of_two_new_orders_the_first_is_thanked_for(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=1, number="1")
    shop.order(who, ago=1, number="2")

    found = [each for each in day(shop, who).occasions if each.occasion == "order"]
    assert not found[0].occurrence or len(found) == 2
    on = shop.today + timedelta(days=1)
    told = {each.occurrence: stops(each) for each in day(shop, who, on).occasions}
    assert (told["1"], told["2"]) == ([], ["rarely_enough"])


def test_what_is_late_and_open_belongs_to_today(shop: Shop) -> None:
    who = shop.customer(born="19 Nov")
    assert "a note is found at the next look" in of(shop, who, "birthday").verdict
    shop.run()

    assert "waits for your approval" in of(shop, who, "birthday").verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (NoteState.BLOCKED, "note 1 is blocked: because"),
        (NoteState.SKIPPED, "no note leaves: note 1 was skipped: because"),
        (NoteState.FAILED, "note 1 failed: because"),
        (NoteState.IN_DOUBT, "note 1 is in doubt: because; appreciation note settle 1"),
        (NoteState.APPROVED, "note 1 is approved and leaves Sat 21 Nov 2026 09:00"),
        (NoteState.FOUND, "note 1 was found, and is written at the next look"),
        (NoteState.CLAIMED, "note 1 is just leaving"),
    ],
)
def test_whatever_became_of_a_note_is_told_in_a_sentence(
    shop: Shop, state: NoteState, verdict: str
) -> None:
    from appreciation.store.tables import Note

    who = shop.customer(born="21 Nov")
    shop.run()
    with shop.app.store.writing() as session:
        note = session.get_one(Note, 1)
        note.state, note.reason = state, "because"

    assert of(shop, who, "birthday").verdict == verdict


# A day that has passed.


def test_what_was_sent_is_told_long_after(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.run()
    shop.approve_all()
    shop.run()
    shop.clock.sleep(days=100)
    told = of(shop, who, "birthday", date(2026, 11, 21))

    assert told.verdict == "note 1 was sent Sat 21 Nov 2026 12:00"
    (attempt,) = rule(told, "noted").figures["attempts"]
    assert attempt["outcome"] == "sent"
    assert "written to" in attempt["said"]


def test_what_was_missed_is_told_with_its_reason(shop: Shop) -> None:
    who = shop.customer(born="1 Dec")
    shop.run()
    shop.clock.now = datetime(2026, 12, 20, 12, tzinfo=UTC)
    before = of(shop, who, "birthday", date(2026, 12, 1))
    shop.run()
    after = of(shop, who, "birthday", date(2026, 12, 1))

    assert before.verdict == (
        "no note yet: nobody was at work; the next look tells that it was missed"
    )
    assert after.verdict == (
        "no note leaves: note 1 was skipped: too late: nobody was at work while it was due"
    )


def test_what_is_not_missed_yet_is_told_too(shop: Shop) -> None:
    who = shop.customer(born="1 Dec")
    shop.run()
    shop.clock.now = datetime(2026, 12, 3, 12, tzinfo=UTC)

    assert of(shop, who, "birthday", date(2026, 12, 1)).verdict == (
        "no note yet: nobody was at work; the next look finds it, in belated words"
    )


def test_what_the_store_learned_too_late_is_told(shop: Shop) -> None:
    who = shop.customer(born="1 Nov")
    shop.run()
    told = of(shop, who, "birthday", date(2026, 11, 1))

    assert stops(told) == ["in_time"]
    assert told.verdict == ("no note: known only since Sat 21 Nov 2026 12:00, when it was too late")


def test_an_old_order_that_was_considered_and_came_to_nothing_is_told(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=40, number="9")
    shop.run()
    told = of(shop, who, "order", shop.today - timedelta(days=40))

    assert (
        "order 9 of October 12, considered Sat 21 Nov 2026 12:00: no note came of it"
        in rule(told, "known").told
    )
    assert stops(told) == ["in_time"]


def test_a_hold_that_was_in_force_then_is_told_and_a_later_one_is_not(shop: Shop) -> None:
    who = shop.customer(born="25 Nov")
    shop.clock.sleep(days=1)
    shop.hold(who, "complaint")
    shop.clock.sleep(days=5)
    with shop.app.store.writing() as session:
        session.scalars(select(Hold)).one().released_at = shop.clock()
    shop.clock.sleep(days=5)
    shop.hold(who, "order returned")

    def holds(on: date) -> str:
        return rule(day(shop, who, on), "not_on_hold").told

    shop.clock.sleep(days=5)
    assert holds(date(2026, 11, 21)) == "no hold"
    assert "complaint" in holds(date(2026, 11, 22))
    assert "complaint" in holds(date(2026, 11, 26))
    assert holds(date(2026, 11, 27)) == "no hold"
    assert "order returned" in holds(date(2026, 12, 3))


def test_who_opted_out_later_had_not_opted_out_then(shop: Shop) -> None:
    who = shop.customer()
    shop.clock.sleep(days=9)
    shop.edit(who, opted_out_at=shop.clock())
    shop.clock.sleep(days=9)

    assert stops(day(shop, who, date(2026, 11, 25))) == []
    assert stops(day(shop, who, date(2026, 12, 1))) == ["not_opted_out"]


# At the desk.


def test_the_keys_of_why_are_a_contract(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-22")
    shop_at("run --once")
    told = shop_at.json("why ada")

    assert list(told) == WHY
    today = told["days"][0]
    assert list(today) == DAY
    assert list(today["answers"][0]) == ANSWER
    assert list(today["occasions"][0]) == EXPLAINED


def test_every_rule_is_shown_with_its_answer(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-22")
    said = shop_at("why ada --on", "22 Nov 2026")

    assert said.startswith("Ada, Sun 22 Nov 2026 (future)\n")
    assert "yes lives           no death is recorded" in said
    assert "birthday: birthday on November 22" in said
    assert "=>  a note is found at the next look, waits for your approval" in said
    assert "NO  switched on     switched off ([occasions.quiet] enabled)" in said


@ON_SQLITE
def test_a_day_or_a_customer_that_is_none_is_refused(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org")

    assert "'someday' is no day" in shop_at.refused("why ada --on someday", status=2)[0]
    assert "'nobody'" in shop_at.refused("why nobody", status=1)[0]


def test_only_the_one_customer_is_asked_about(shop: Shop) -> None:
    ada = shop.customer("Ada", born="25 Nov")
    shop.customer("Ben", born="25 Nov")
    shop.customer("Cleo", born="26 Nov")

    assert {str(each.on) for each in asked(shop, ada)} == {"2026-11-21", "2026-11-25"}
    assert of(shop, ada, "birthday", date(2026, 11, 25)).occurrence == "2026"


def test_what_is_told_in_another_note_says_in_which(shop: Shop) -> None:
    who = shop.customer(born="27 Nov")
    shop.order(who, ago=-4)

    order = of(shop, who, "order", date(2026, 11, 27))
    assert rule(order, "due_together").lets is False
    assert order.verdict == ("no note: due together with the birthday note, which tells of it too")
    birthday = of(shop, who, "birthday", date(2026, 11, 27))
    assert rule(birthday, "due_together").told == "tells of what else is due then: order"


@ON_SQLITE
def test_what_was_missed_is_foretold_as_one_note(shop: Shop) -> None:
    who = shop.customer(born="24 Nov")
    shop.order(who, ago=0)
    shop.clock.sleep(days=4)

    assert rule(of(shop, who, "order"), "due_together").lets is False


@ON_SQLITE
def test_two_are_one_note_only_where_a_line_tells_of_the_other(shop: Shop) -> None:
    own = "[occasions.own_day.days.new-year]\non = '11-30'\n"
    shop.opened(own)
    who = shop.customer(born="30 Nov")
    together = rule(of(shop, who, "own_day", date(2026, 11, 30)), "due_together")
    line = shop.folder / "templates/also/en/own_day.md"
    line.parent.mkdir(parents=True)
    line.write_text("+++\noff = true\n+++\n", encoding="utf-8")
    shop.opened(own)

    apart = rule(of(shop, who, "own_day", date(2026, 11, 30)), "due_together")
    assert (together.lets, apart.lets) == (False, True)
    shop.clock.sleep(days=3)
    shop.run()
    assert {note.state for note in shop.notes()} == {NoteState.WAITING}


def test_a_full_month_is_told_with_what_fills_it(shop: Shop) -> None:
    shop.opened("[tact]\nper_month = 1\n")
    who = shop.customer(born="29 Nov")
    shop.order(who, ago=0)

    full = rule(of(shop, who, "order"), "month_is_not_full")
    assert (full.lets, full.told) == (False, "the month has its 1 notes: 2026-11-29 (birthday)")
    room = rule(of(shop, who, "birthday", date(2026, 11, 29)), "month_is_not_full")
    assert (room.lets, room.told) == (True, "0 of 1 notes of the month are taken")


def test_a_card_tells_how_long_it_is_under_way(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n[post]\ntransit = {US = 8}\n")
    who = shop.customer(born="18 Dec", address="1 Main St\nSpringfield, IL 62701", country="US")

    travels = rule(of(shop, who, "birthday", date(2026, 12, 18)), "travels")
    assert travels.told == "8 working days under way to US, holidays of both ends left out"
    assert travels.figures["working_days"] == 8
