from datetime import UTC, datetime, timedelta

import pytest

from appreciation.store.tables import Note, NoteState
from tests.conftest import Shop


def test_a_note_waits_for_a_person_unless_the_owner_says_otherwise(shop: Shop) -> None:
    shop.customer(born="21 Nov")
    assert shop.run() == {"found": 1, "drafted": 1}

    (note,) = shop.notes()
    assert note.state is NoteState.WAITING
    assert note.subject
    assert (note.body or "").startswith("Dear Ada,")
    assert (note.message_id or "").endswith("@example.org>")


def test_an_occasion_on_auto_leaves_by_itself(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    shop.customer(born="21 Nov")

    assert shop.run() == {"found": 1, "drafted": 1, "approved": 1, "sent": 1}


def test_one_without_an_address_is_blocked_and_the_others_go_on(shop: Shop) -> None:
    shop.customer("No Way", born="21 Nov", email=None)
    shop.customer("Ada Lovelace", born="21 Nov")
    counts = shop.run()

    assert (counts["blocked"], counts["drafted"]) == (1, 1)
    (blocked,) = shop.notes(state=NoteState.BLOCKED)
    assert blocked.reason == "No Way has no email address"


def test_a_blocked_note_is_written_once_its_customer_is_mended(shop: Shop) -> None:
    who = shop.customer("No Way", born="21 Nov", email=None)
    shop.run()
    shop.clock.sleep(minutes=1)
    assert shop.run() == {}
    shop.edit(who, email="way@example.org")

    assert shop.run() == {"drafted": 1}


def test_whoever_gets_a_postal_address_instead_gets_a_card(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'email-or-post'\n")
    who = shop.customer("No Way", born="22 Nov", email=None)
    shop.run()
    assert shop.notes()[0].reason == "No Way has no email address and no postal address"
    shop.clock.sleep(minutes=1)
    shop.edit(who, address="Am Tor 3\n10115 Berlin")
    shop.run()

    (note,) = shop.notes()
    assert (note.state, note.channel, note.backend) == (NoteState.WAITING, "post", "print")


def test_a_template_fault_blocks_only_the_notes_that_need_it(shop: Shop) -> None:
    folder = shop.folder / "templates" / "meeting" / "sv"
    folder.mkdir(parents=True)
    (folder / "kaputt.md").write_text(
        '+++\nsubject = "Hallo"\n+++\n{{ greeting }} {{ nickname }}\n'
    )
    shop.opened()
    shop.meeting(shop.customer("Jörg Weiß", language="sv"))
    shop.meeting(shop.customer("Ada Lovelace"))
    counts = shop.run()

    assert (counts["blocked"], counts["drafted"]) == (1, 1)
    (blocked,) = shop.notes(state=NoteState.BLOCKED)
    assert "nickname" in (blocked.reason or "")


def test_a_mended_template_is_read_without_a_restart(shop: Shop) -> None:
    folder = shop.folder / "templates" / "meeting" / "sv"
    folder.mkdir(parents=True)
    broken = folder / "kaputt.md"
    broken.write_text('+++\nsubject = "Hallo"\n+++\n{{ greeting }} {{ nickname }}\n')
    shop.opened()
    shop.meeting(shop.customer("Jörg Weiß", language="sv"))
    shop.run()
    shop.clock.sleep(minutes=1)
    (folder / "heil.md").write_text(
        '+++\nsubject = "Hallo"\n+++\n{{ greeting }}\n\nSchön war es.\n'
    )
    broken.unlink()
    counts = shop.run()

    assert counts == {"drafted": 1}
    assert "Schön war es." in (shop.notes()[0].body or "")


def test_nobody_reads_the_same_words_twice_while_others_are_left(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    shop.customer(born="21 Nov")
    for _ in range(5):
        shop.run()
        shop.clock.sleep(days=365, hours=6)

    wordings = [note.wording for note in shop.notes()]
    assert len(set(wordings)) == len(wordings) == 5


def test_what_turned_late_is_written_anew_and_waits_again(shop: Shop) -> None:
    shop.customer(born="21 Nov")
    shop.run()
    on_time = shop.notes()[0]
    shop.clock.sleep(days=1)
    shop.run()

    (note,) = shop.notes()
    assert note.belated
    assert note.body != on_time.body
    assert note.state is NoteState.WAITING


def test_an_approval_does_not_outlive_the_day(shop: Shop) -> None:
    shop.customer(born="22 Nov")
    shop.run()
    shop.approve_all()
    shop.clock.sleep(days=3)
    shop.run()

    (note,) = shop.notes()
    assert (note.state, note.belated) == (NoteState.WAITING, True)
    assert shop.mails == []


def test_what_nobody_approved_in_time_is_skipped_and_told(shop: Shop) -> None:
    shop.customer(born="21 Nov")
    shop.run()
    shop.clock.sleep(days=5)

    assert shop.run() == {"skipped": 1}
    assert shop.notes()[0].reason == "too late: nobody approved it in time"


def test_a_changed_name_is_written_anew_and_waits_again(shop: Shop) -> None:
    who = shop.customer("Ada Lovelase", born="24 Nov")
    shop.run()
    shop.approve_all()
    shop.edit(who, name="Adele Lovelace")
    shop.run()

    (note,) = shop.notes()
    assert note.state is NoteState.WAITING
    assert (note.body or "").startswith("Dear Adele,")


def test_a_changed_phone_number_voids_no_approval(shop: Shop) -> None:
    who = shop.customer(born="24 Nov")
    shop.run()
    shop.approve_all()
    shop.edit(who, phone="030 123")
    shop.run()

    assert shop.notes()[0].state is NoteState.APPROVED


def test_a_changed_address_takes_the_approval_back(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.run()
    shop.approve_all()
    shop.edit(who, email="new@example.org")
    shop.run()

    (note,) = shop.notes()
    assert (note.state, note.recipient) == (NoteState.WAITING, "new@example.org")
    assert shop.mails == []


@pytest.mark.parametrize("reason", ["opted out", "has died", "on hold: order returned"])
def test_nobody_writes_to_whom_something_holds_back(shop: Shop, reason: str) -> None:
    who = shop.customer(born="21 Nov")
    if reason == "opted out":
        shop.edit(who, opted_out_at=shop.clock())
    elif reason == "has died":
        shop.edit(who, deceased_at=shop.clock())
    else:
        shop.hold(who)

    assert shop.run() == {"found": 1}
    assert shop.notes()[0].body is None
    shop.clock.sleep(days=5)
    assert shop.run() == {"skipped": 1}
    assert shop.notes()[0].reason == reason


def test_a_hold_that_ends_lets_the_note_go_on(shop: Shop) -> None:
    who = shop.customer(born="24 Nov")
    shop.hold(who, until=shop.today + timedelta(days=1))
    assert shop.run() == {"found": 1}
    shop.clock.sleep(days=1)
    assert shop.run() == {}
    shop.clock.sleep(days=1)

    assert shop.run() == {"drafted": 1}


def test_a_second_order_within_the_cooldown_is_not_thanked_for_again(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=5)
    shop.order(who, ago=2)
    counts = shop.run()

    assert (counts["drafted"], counts["skipped"]) == (1, 1)
    (skipped,) = shop.notes(state=NoteState.SKIPPED)
    (kept,) = shop.notes(state=NoteState.WAITING)
    assert skipped.reason == f"within 30 days of note {kept.id}"


def test_an_order_after_the_cooldown_is_thanked_for(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, ago=2)
    shop.run()
    shop.approve_all()
    shop.run()
    shop.clock.now = datetime(2026, 12, 21, 12, tzinfo=UTC)
    shop.order(who, ago=1)

    assert shop.run()["drafted"] == 1


def test_a_company_without_a_contact_is_still_greeted(shop: Shop) -> None:
    shop.order(shop.customer("Acme Ltd", kind="company"))
    shop.run()

    assert (shop.notes()[0].body or "").splitlines()[0] == "Dear all at Acme Ltd,"


def test_a_name_full_of_markup_is_only_a_name(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    shop.customer("*Bob* _Star_ 7*7", born="21 Nov", call_name="*Bob*")
    shop.run()

    assert shop.notes()[0].state is NoteState.SENT
    assert "Dear *Bob*," in shop.mails[0].read_text()


def test_a_name_that_looks_like_a_template_is_seen_by_a_person_first(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    shop.customer("{{ 7*7 }} Bob", born="21 Nov")
    shop.run()

    (note,) = shop.notes()
    assert note.state is NoteState.BLOCKED
    assert "{{" in (note.reason or "")


@pytest.mark.parametrize(
    ("language", "day"), [("en", "November 21"), ("en-GB", "21 November"), ("ja", "November 21")]
)
def test_a_day_is_written_as_the_region_writes_it(shop: Shop, language: str, day: str) -> None:
    shop.customer(born="21 Nov", language=language)
    shop.run()

    assert shop.notes()[0].why == f"birthday on {day}"


def test_a_draft_that_changes_keeps_its_wording(shop: Shop) -> None:
    who = shop.customer("Ada Lovelase", born="24 Nov")
    shop.run()
    before = shop.notes()[0].wording
    shop.edit(who, name="Adele Lovelace")
    shop.run()

    assert shop.notes()[0].wording == before


def test_a_failed_note_is_written_anew_for_a_mended_customer(shop: Shop) -> None:
    who = shop.customer("Ada Lovelase", born="21 Nov")
    shop.run()
    with shop.app.store.writing() as session:
        session.get_one(Note, shop.notes()[0].id).state = NoteState.FAILED
    shop.edit(who, name="Adele Lovelace")

    assert shop.run() == {"drafted": 1}
    assert (shop.notes()[0].body or "").startswith("Dear Adele,")
