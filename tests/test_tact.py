"""What is not written by itself: too much, too often, several to one home."""

from collections.abc import Callable
from datetime import date
from operator import attrgetter

import pytest

from appreciation.config.reading import load
from appreciation.errors import AppreciationError
from appreciation.stages import intake, review
from appreciation.stages.drafting.writing import joint_name
from appreciation.store import forgetting
from appreciation.store.people import order_meant
from appreciation.store.tables import Customer, Note, NoteState
from tests.conftest import ON_SQLITE, Shop

AUTO = "[occasions.birthday]\napprove = 'auto'\n[occasions.order]\napprove = 'auto'\n"


def told(shop: Shop) -> dict[str, tuple[NoteState, str | None]]:
    return {note.occasion: (note.state, note.reason) for note in shop.notes()}


def the(shop: Shop, occasion: str) -> Note:
    (note,) = shop.notes(occasion=occasion)
    return note


def refund(shop: Shop, number: str) -> None:
    with shop.app.store.writing() as session:
        order = order_meant(session, number)
        intake.refund(session, order, None, shop.today, shop.clock())


def test_notes_due_together_become_one_that_names_both_reasons(shop: Shop) -> None:
    who = shop.customer(born="23 Nov")
    shop.order(who, ago=0, items="two rye loaves")
    shop.run()

    birthday = the(shop, "birthday")
    assert told(shop)["order"] == (NoteState.SKIPPED, f"told in note {birthday.id}")
    assert birthday.state is NoteState.WAITING
    assert (birthday.body or "").endswith("P.S. And thank you for choosing two rye loaves.")
    assert birthday.why == "birthday on November 23, and first order of November 21"


def test_the_one_that_was_written_first_is_written_anew(shop: Shop) -> None:
    who = shop.customer(born="23 Nov")
    shop.run()
    wording = the(shop, "birthday").wording
    shop.order(who, ago=0)
    shop.run()

    birthday = the(shop, "birthday")
    assert "P.S." in (birthday.body or "")
    assert birthday.wording == wording


def test_what_a_person_has_approved_is_left_as_it_is(shop: Shop) -> None:
    who = shop.customer(born="23 Nov")
    shop.run()
    shop.approve_all()
    shop.order(who, ago=0)
    shop.run()

    assert told(shop) == {
        "birthday": (NoteState.APPROVED, None),
        "order": (NoteState.WAITING, None),
    }


def test_what_goes_by_itself_is_written_anew_as_long_as_it_is_here(shop: Shop) -> None:
    shop.opened(AUTO)
    who = shop.customer(born="23 Nov")
    shop.run()
    shop.order(who, ago=0)
    shop.run()

    assert the(shop, "birthday").state is NoteState.APPROVED
    assert the(shop, "order").merged_into_id == the(shop, "birthday").id
    shop.clock.sleep(days=2)
    shop.run()
    assert len(shop.mails) == 1


def test_what_has_to_be_approved_is_not_smuggled_into_what_has_not(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    who = shop.customer(born="23 Nov")
    shop.order(who, ago=0)
    shop.run()

    assert the(shop, "birthday").state is NoteState.WAITING


@pytest.mark.parametrize(
    ("settings", "born"),
    [("", "24 Nov"), ("[tact]\ntogether = '0d'\n", "23 Nov")],
)
def test_what_is_not_due_together_stays_apart(shop: Shop, settings: str, born: str) -> None:
    shop.opened(settings)
    shop.order(shop.customer(born=born), ago=0)
    shop.run()

    assert {note.state for note in shop.notes()} == {NoteState.WAITING}


@ON_SQLITE
def test_what_was_missed_does_not_leave_as_several_in_one_minute(shop: Shop) -> None:
    shop.opened(AUTO)
    who = shop.customer(born="24 Nov")
    shop.order(who, ago=0)
    shop.clock.sleep(days=4, hours=4)
    shop.run()

    (mail,) = shop.mails
    birthday = the(shop, "birthday")
    assert told(shop)["order"] == (NoteState.SKIPPED, f"told in note {birthday.id}")
    assert birthday.belated
    assert b"thank you for your order" in mail.read_bytes()


@ON_SQLITE
def test_what_waits_too_long_for_approval_is_read_as_one_note(shop: Shop) -> None:
    who = shop.customer(born="24 Nov")
    shop.order(who, ago=0)
    shop.run()
    assert {note.state for note in shop.notes()} == {NoteState.WAITING}
    shop.clock.sleep(days=4)
    shop.run()

    assert the(shop, "birthday").state is NoteState.WAITING
    assert the(shop, "order").merged_into_id == the(shop, "birthday").id


def test_a_card_and_an_email_are_two(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n[post]\ntransit = {DE = 0}\n")
    shop.order(shop.customer(born="23 Nov", address="Am Tor 3\n10115 Berlin"), ago=0)
    shop.run()

    assert {note.channel: note.state for note in shop.notes()} == {
        "post": NoteState.WAITING,
        "email": NoteState.WAITING,
    }


def test_an_order_that_went_back_is_not_told_along(shop: Shop) -> None:
    shop.order(shop.customer(born="23 Nov"), ago=0, number="7")
    shop.run()
    shop.approve_all()
    refund(shop, "7")
    shop.clock.sleep(days=2)

    assert shop.run().get("sent", 0) == 0
    assert told(shop)["order"] == (NoteState.SKIPPED, "order refunded")
    birthday = the(shop, "birthday")
    assert (birthday.state, "P.S." in (birthday.body or "")) == (NoteState.WAITING, False)


def test_what_was_told_along_is_found_again_when_its_note_is_withdrawn(shop: Shop) -> None:
    who = shop.customer(born="23 Nov")
    shop.order(who, ago=0)
    shop.run()
    with shop.app.store.writing() as session:
        intake.set_birthday(session, session.get_one(Customer, who), None, shop.clock())
    shop.run()

    assert told(shop) == {"order": (NoteState.WAITING, None)}


def test_what_a_person_skips_is_skipped_with_all_that_it_told(shop: Shop) -> None:
    shop.order(shop.customer(born="23 Nov"), ago=0)
    shop.run()
    with shop.app.store.writing() as session:
        review.skip(session.get_one(Note, the(shop, "birthday").id), "we met")
    shop.run()

    assert {note.state for note in shop.notes()} == {NoteState.SKIPPED}


def test_what_was_told_along_goes_by_itself_when_its_note_was_too_late(shop: Shop) -> None:
    shop.order(shop.customer(born="23 Nov"), ago=0)
    shop.run()
    shop.clock.sleep(days=8)
    shop.run()

    assert told(shop)["birthday"][0] is NoteState.SKIPPED
    assert told(shop)["order"] == (NoteState.WAITING, None)


def test_a_month_has_only_so_many_notes(shop: Shop) -> None:
    shop.opened("[tact]\nper_month = 2\ntogether = '0d'\n")
    who = shop.customer()
    shop.order(who, ago=4)
    shop.referral(who, shop.customer("Ben"))
    shop.run()
    shop.meeting(who, ago=0)
    shop.run()

    assert told(shop)["meeting"] == (
        NoteState.SKIPPED,
        "over 2 notes in 2026-11: note 1 (order), note 2 (referral)",
    )


def test_a_birthday_to_come_keeps_its_place_in_the_month(shop: Shop) -> None:
    shop.opened("[tact]\nper_month = 1\n[occasions.birthday]\nahead = '0d'\n")
    who = shop.customer(born="29 Nov")
    shop.order(who, ago=2)
    shop.run()

    assert told(shop)["order"] == (
        NoteState.SKIPPED,
        "over 1 notes in 2026-11: 2026-11-29 (birthday)",
    )
    shop.clock.sleep(days=8)
    shop.run()
    assert the(shop, "birthday").state is NoteState.WAITING


def test_the_next_month_is_another_one(shop: Shop) -> None:
    shop.opened("[tact]\nper_month = 1\n[occasions.order]\ncooldown = '0d'\n")
    who = shop.customer()
    shop.order(who, ago=0)
    shop.run()
    shop.clock.sleep(days=10)
    shop.order(who, ago=0)
    shop.run()

    assert [note.state for note in shop.notes()] == [NoteState.WAITING] * 2


def test_any_number_is_allowed_where_the_owner_says_so(shop: Shop) -> None:
    shop.opened("[tact]\nper_month = 0\ntogether = '0d'\n[occasions.order]\ncooldown = '0d'\n")
    who = shop.customer(born="25 Nov")
    for ago in (0, 1, 2, 3, 4):
        shop.order(who, ago=ago)
    shop.run()

    assert {note.state for note in shop.notes()} == {NoteState.WAITING}


def opts_out(shop: Shop, who: int) -> None:
    shop.edit(who, opted_out_at=shop.clock())


def moves(shop: Shop, who: int) -> None:
    shop.edit(who, address="Weg 2\n10115 Berlin")


def is_forgotten(shop: Shop, who: int) -> None:
    with shop.app.store.writing() as session:
        forgetting.forget(session, session.get_one(Customer, who), shop.today)


def has_died(shop: Shop, who: int) -> None:
    shop.edit(who, deceased_at=shop.clock())


def no_emails(shop: Shop, who: int) -> None:
    shop.edit(who, email_consent=False)


@pytest.mark.parametrize("happens", [opts_out, moves, is_forgotten, has_died, no_emails, Shop.hold])
@pytest.mark.parametrize("who", [1, 2])
def test_a_note_to_a_home_names_nobody_who_is_out_of_it(
    shop: Shop, happens: Callable[[Shop, int], None], who: int
) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\napprove = 'auto'\n")
    meet(shop, *SMITHS)
    shop.run()
    assert shop.notes()[0].addressee == "Ann, Bob, and Cleo Smith"
    happens(shop, who)
    shop.run()
    shop.clock.sleep(days=2)
    shop.run()

    left = [note for note in shop.notes(state=NoteState.SENT) if note.addressee]
    assert [note.addressee for note in left] == [
        "Bob and Cleo Smith" if who == 1 else "Ann and Cleo Smith"
    ]
    assert SMITHS[who - 1].split()[0] not in (left[0].body or "")


@ON_SQLITE
def test_at_the_last_moment_nobody_is_named_who_has_just_opted_out(shop: Shop) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\napprove = 'auto'\n")
    meet(shop, *SMITHS)
    shop.run()
    opts_out(shop, 2)
    shop.clock.sleep(days=2)
    with shop.app.at_work("once") as worker:
        assert not shop.app.send(worker)["sent"]


@ON_SQLITE
def test_who_gets_a_card_instead_of_emails_is_not_taken_in_and_out_of_a_letter(shop: Shop) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\nby = 'email-or-post'\n")
    meet(shop, *SMITHS, country="DE")
    shop.run()
    no_emails(shop, 2)
    shop.run()
    shop.approve_all()
    shop.run()
    shop.run()

    ann, bob, cleo = sorted(shop.notes(), key=attrgetter("id"))
    assert (ann.state, ann.addressee) == (NoteState.APPROVED, "Ann and Cleo Smith")
    assert (bob.state, bob.channel) == (NoteState.PRINTED, "post")
    assert cleo.merged_into_id == ann.id


@ON_SQLITE
def test_a_hold_that_ends_lets_a_home_have_one_note_again(shop: Shop) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\nsend_at = '23:00'\n")
    meet(shop, *SMITHS)
    shop.run()
    shop.hold(1, until=shop.today)
    shop.run()
    assert shop.notes()[1].addressee == "Bob and Cleo Smith"
    shop.clock.sleep(days=1)
    shop.run()

    by_state = [(note.state, note.addressee) for note in shop.notes()]
    assert by_state.count((NoteState.WAITING, "Bob, Ann, and Cleo Smith")) == 1
    assert [state for state, _ in by_state].count(NoteState.SKIPPED) == 2


NEW_YEAR = "[occasions.own_day.days.new-year]\non = '11-23'\n"


@ON_SQLITE
def test_a_birthday_on_a_day_of_the_owners_own_is_one_note(shop: Shop) -> None:
    shop.opened(NEW_YEAR)
    shop.customer(born="23 Nov")
    shop.run()

    birthday = the(shop, "birthday")
    assert told(shop)["own_day"] == (NoteState.SKIPPED, f"told in note {birthday.id}")
    assert (birthday.body or "").endswith("P.S. And a good new year to you.")


@ON_SQLITE
def test_who_shares_a_home_hears_of_the_owners_day_all_the_same(shop: Shop) -> None:
    shop.opened(NEW_YEAR)
    home = "Am Tor 3\n10115 Berlin"
    ann = shop.customer("Ann Smith", born="23 Nov", address=home)
    bob = shop.customer("Bob Smith", address=home)
    shop.run()

    states = {(n.customer_id, n.occasion): n.state for n in shop.notes()}
    assert states[ann, "own_day"] is NoteState.SKIPPED
    assert states[bob, "own_day"] is NoteState.WAITING
    [to_bob] = [n for n in shop.notes(occasion="own_day") if n.customer_id == bob]
    assert (to_bob.addressee, to_bob.merged_into_id) == (None, None)


SMITHS = ("Ann Smith", "Bob Smith", "Cleo Smith")


def meet(shop: Shop, *names: str, **fields: str) -> None:
    for name in names:
        who = shop.customer(name, **{"address": "Am Tor 3\n10115 Berlin"} | fields)
        shop.meeting(who, ago=0)


def test_one_card_goes_to_a_home_and_names_everybody_there(shop: Shop) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\nby = 'post'\n")
    meet(shop, *SMITHS)
    meet(shop, "Dan Jones", address="Weg 2\n10115 Berlin")
    shop.run()

    first, *others, elsewhere = shop.notes()
    assert first.addressee == "Ann, Bob, and Cleo Smith"
    assert (first.body or "").startswith("Dear Ann, Bob, and Cleo Smith,")
    assert [note.reason for note in others] == ["told in note 1 to the same home"] * 2
    assert (elsewhere.state, elsewhere.addressee) == (NoteState.WAITING, None)
    with shop.app.store.reading() as session:
        letter = shop.app.letter(session.get_one(Note, first.id))
    assert letter.name == "Ann, Bob, and Cleo Smith"


def test_a_household_speaks_for_its_people(shop: Shop) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\n")
    meet(shop, "Ann Smith")
    meet(shop, "The Smiths", kind="household")
    shop.run()

    assert [(n.customer.name, n.state, n.addressee) for n in shop.notes()] == [
        ("Ann Smith", NoteState.SKIPPED, None),
        ("The Smiths", NoteState.WAITING, None),
    ]


def test_who_is_met_on_another_day_gets_a_note_of_their_own(shop: Shop) -> None:
    shop.opened("[occasions.meeting]\none_per_home = true\n")
    meet(shop, "Ann Smith")
    shop.clock.sleep(days=1)
    meet(shop, "Bob Smith")
    shop.run()

    assert [note.state for note in shop.notes()] == [NoteState.WAITING] * 2


def test_everybody_gets_their_own_unless_the_owner_says_otherwise(shop: Shop) -> None:
    meet(shop, *SMITHS)
    shop.run()

    assert [note.state for note in shop.notes()] == [NoteState.WAITING] * 3


@pytest.mark.parametrize(
    ("names", "joint"),
    [
        (["Ann Smith", "Bob Smith"], "Ann and Bob Smith"),
        (["Ann Smith", "Bob Jones"], "Ann Smith and Bob Jones"),
        (["Madonna", "Bob Smith"], "Madonna and Bob Smith"),
        (["Ann", "Ann"], "Ann and Ann"),
    ],
)
def test_several_have_one_name_together(names: list[str], joint: str) -> None:
    assert joint_name(names, "en") == joint


def test_a_home_is_left_in_peace_where_somebody_has_died(shop: Shop) -> None:
    home = "Am Tor 3\n10115 Berlin"
    ann, bob = shop.customer("Ann Smith", address=home), shop.customer("Bob Smith", address=home)
    shop.customer("Cleo Jones", address="Weg 2\n10115 Berlin")
    with shop.app.store.writing() as session:
        dead = session.get_one(Customer, ann)
        dead.deceased_at = shop.clock()
        assert intake.mourn(session, dead, date(2027, 1, 20), shop.clock()) == ["Bob Smith"]
        (held,) = session.get_one(Customer, bob).holds
        assert (held.why, str(held.until)) == ("mourning Ann Smith", "2027-01-20")

        intake.mourn_no_more(session, dead, shop.clock())
        assert held.released_at is not None


def test_bad_settings_are_refused_with_their_key(shop: Shop) -> None:
    for text, said in [
        ("[tact]\nrank = ['birthday', 'birthday']\n", "rank names 'birthday' twice"),
        ("[tact]\nrank = ['birthdays']\n", "no occasion is called 'birthdays'"),
        ("[tact]\nper_month = -1\n", "per_month"),
        ("[tact]\ntogether = '2'\n", "together"),
    ]:
        (shop.folder / "config.toml").write_text(shop.settings + text)
        with pytest.raises(AppreciationError, match=said):
            load(shop.folder / "config.toml")
