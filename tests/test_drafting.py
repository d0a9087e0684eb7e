from datetime import UTC, datetime, timedelta

import pytest

from appreciation.dates import day_in_words
from appreciation.shipped import shipped
from appreciation.stages import intake
from appreciation.store.tables import Customer, Note, NoteState
from tests.conftest import ON_SQLITE, Shop


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


def test_an_odd_name_waits_for_a_person_until_it_is_settled(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    who = shop.customer("ANN BYRON", born="21 Nov")
    assert shop.run() == {"found": 1, "drafted": 1}

    (note,) = shop.notes()
    assert note.reason == "look once more: ANN BYRON is written in capitals only"
    shop.edit(who, call_name="Ann")
    assert shop.run() == {"drafted": 1, "approved": 1, "sent": 1}
    assert (shop.notes()[0].body or "").startswith("Dear Ann,")


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


def greeted(shop: Shop) -> str:
    return (shop.notes()[-1].body or "").splitlines()[0]


@pytest.mark.parametrize(
    ("settings", "fields", "opening", "addressed"),
    [
        ("", {}, "Guten Tag Jörg Weiß,", "Sie"),
        ("formality = 'informal'\n", {}, "Hallo Jörg,", "du"),
        ("", {"formality": "informal"}, "Hallo Jörg,", "du"),
        ("formality = 'informal'\n", {"formality": "formal"}, "Guten Tag Jörg Weiß,", "Sie"),
        ("formality = 'informal'\n", {"kind": "household"}, "Hallo Jörg Weiß,", "Sie"),
    ],
)
@ON_SQLITE
def test_a_german_note_says_du_or_sie_as_the_owner_wants(
    shop: Shop, settings: str, fields: dict[str, str], opening: str, addressed: str
) -> None:
    shop.settings += settings
    shop.opened()
    shop.order(shop.customer("Jörg Weiß", language="de", **fields))
    shop.run()

    body = shop.notes()[0].body or ""
    assert greeted(shop) == opening
    informal = any(word in body.split() for word in ("du", "dich", "dir", "dein", "deine"))
    assert informal == (addressed == "du")


@ON_SQLITE
def test_a_spanish_household_is_spoken_to_as_several(shop: Shop) -> None:
    shop.meeting(shop.customer("Familia Ruiz", kind="household", language="es"))
    shop.run()

    assert (shop.notes()[0].wording or "").endswith("-ustedes")


@pytest.mark.parametrize(
    ("address", "lacks"), [("Am Tor 3\nBerlin", "a postal code like"), ("Am Tor 3", "a town")]
)
def test_an_incomplete_address_is_found_when_the_card_is_drafted(
    shop: Shop, address: str, lacks: str
) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n")
    who = shop.customer(born="28 Nov", address=address)
    shop.run()

    (note,) = shop.notes()
    assert note.state is NoteState.BLOCKED
    assert f"the postal address of Ada Lovelace lacks {lacks}" in (note.reason or "")
    shop.edit(who, address="Am Tor 3\n10115 Berlin")
    assert shop.run()["drafted"] == 1


def test_who_has_half_an_address_gets_an_email_where_that_will_do(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post-or-email'\n")
    shop.customer(born="21 Nov", address="Am Tor 3")
    shop.run()

    assert [note.channel for note in shop.notes()] == ["email"]


def test_a_card_looks_as_its_template_and_its_customer_ask(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n")
    wording = shop.folder / "templates" / "birthday" / "en" / "ours.md"
    wording.parent.mkdir(parents=True)
    wording.write_text(
        '+++\nsubject = "Hello"\nhand = "Dancing Script"\nink = "sepia"\n'
        'enclose = "a tea bag"\npicture = "wreath"\n+++\n{{ greeting }}\n\nhello\n\nRosa\n'
    )
    for name in ("birthday/en/" + file.name for file in shipped("templates").glob("birthday/en/*")):
        (shop.folder / "templates" / name).write_text("+++\noff = true\n+++\n")
    for name, hand in (("Ada Byron", None), ("Ben Byron", "Kalam")):
        shop.customer(name, born="28 Nov", address="Am Tor 3\n10115 Berlin", hand=hand)
    shop.opened("[occasions.birthday]\nby = 'post'\n")
    shop.run()

    looks = [note.look for note in shop.notes()]
    asked = {"ink": "sepia", "enclose": "a tea bag", "picture": "wreath"}
    assert looks == [{"hand": "Dancing Script", **asked}, {"hand": "Kalam", **asked}]


@pytest.mark.parametrize(
    "shared",
    [
        ({"address": "Am Tor 3\n10115 Berlin"}, {"address": "Am Tor 3\n10115 Berlin"}),
        ({"address": "Torstr. 3\n10115 Berlin"}, {"address": "Torstraße 3, D-10115 BERLIN"}),
        ({"email": "home@example.org"}, {"email": "home@example.org"}),
        ({}, {}),
    ],
)
def test_two_at_one_address_do_not_read_the_same_words(
    shop: Shop, shared: tuple[dict[str, str], dict[str, str]]
) -> None:
    """The mail on the kitchen table is everybody's; a shared mailbox is too."""
    shop.opened("[occasions.birthday]\napprove = 'auto'\n")
    # As far apart as there are wordings: alone, the first and the last begin with the same one.
    names = [f"Ada{n} Byron" for n in range(7)]
    ids = [shop.customer(name, born="21 Nov") for name in names]
    for who, fields in zip((ids[0], ids[-1]), shared, strict=True):
        shop.edit(who, **fields)
    shop.run()

    read = {note.customer_id: note.wording for note in shop.notes()}
    assert (read[ids[0]] == read[ids[-1]]) == (shared == ({}, {}))


@ON_SQLITE
def test_a_health_service_never_names_what_was_done(shop: Shop) -> None:
    shop.settings += "health = true\n"
    shop.opened()
    for n in range(12):
        shop.order(shop.customer(f"Ada{n} Byron"), items="a root canal treatment")
    shop.run()

    written = shop.notes()
    assert len(written) == 12
    assert [n.id for n in written if "root canal" in f"{n.subject} {n.body}"] == []


def template(shop: Shop, name: str, body: str) -> None:
    path = shop.folder / "templates" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'+++\nsubject = "Hello"\n+++\n{body}\n', encoding="utf-8")


@ON_SQLITE
def test_what_is_known_of_a_customer_may_be_said(shop: Shop) -> None:
    template(
        shop,
        "meeting/sv/facts",
        "{{ greeting }}\n\nGreet your {% if facts %}{{ facts|join(' and ') }}"
        "{% else %}friends{% endif %}.",
    )
    shop.opened()
    known = shop.customer("Ada Byron", language="sv")
    with shop.app.store.writing() as session:
        customer = session.get_one(Customer, known)
        intake.change_facts(session, customer, ["four daughters", "old dog"], [], shop.clock())
    shop.meeting(known)
    shop.meeting(shop.customer("Bo Li", language="sv"))
    shop.run()

    said = [(note.body or "").splitlines()[-1] for note in shop.notes()]
    assert said == ["Greet your four daughters and old dog.", "Greet your friends."]


@ON_SQLITE
def test_a_note_is_written_anew_when_more_is_known(shop: Shop) -> None:
    template(shop, "meeting/sv/facts", "{{ greeting }} {{ facts|join(', ') if facts else 'Hm.' }}")
    shop.opened()
    who = shop.customer("Ada Byron", language="sv")
    shop.meeting(who)
    shop.run()
    shop.approve_all()
    with shop.app.store.writing() as session:
        customer = session.get_one(Customer, who)
        intake.change_facts(session, customer, ["four daughters"], [], shop.clock())
    shop.run()

    (note,) = shop.notes()
    assert (note.state, "four daughters" in (note.body or "")) == (NoteState.WAITING, True)


@ON_SQLITE
def test_the_business_may_sign_with_its_own_address(shop: Shop) -> None:
    template(
        shop,
        "meeting/sv/signed",
        "{{ greeting }}\n\nGood to see you.\n\n{{ signer }}, Hauptstr. 1, rosas-bakery.com",
    )
    shop.settings = shop.settings.replace("rosa@example.org", "rosa@rosas-bakery.com")
    shop.opened()
    shop.meeting(shop.customer("Ada Byron", language="sv"))
    shop.run()

    assert shop.notes()[0].state is NoteState.WAITING


@ON_SQLITE
def test_the_envelope_has_the_name_that_the_owner_set(shop: Shop) -> None:
    first = shop.customer("Byron, Ada", born="21 Nov", email="ada@example.org")
    second = shop.customer("Bo Li", born="21 Nov", envelope_name="Bo Li und Familie")
    shop.run()

    with shop.app.store.reading() as session:
        names = {note.customer_id: shop.app.letter(note).name for note in session.query(Note).all()}
    assert names == {first: "Ada Byron", second: "Bo Li und Familie"}


@pytest.mark.parametrize(
    ("language", "day"), [("fr", "1er avril"), ("pt", "1º de abril"), ("de", "1. April")]
)
def test_the_first_of_a_month_is_written_as_in_its_language(language: str, day: str) -> None:
    assert day_in_words(4, 1, language) == day
    assert "1er" not in day_in_words(4, 11, language)


@pytest.mark.parametrize(
    ("settings", "born", "said"),
    [
        ("", "1986-11-21", "Hm."),
        ("tell_age = true\n", "1986-11-21", "40"),
        ("tell_age = true\n", "--11-21", "Hm."),
    ],
)
@ON_SQLITE
def test_nobody_is_told_their_age_unless_the_owner_asks_for_it(
    shop: Shop, settings: str, born: str, said: str
) -> None:
    template(shop, "birthday/sv/age", "{{ greeting }}\n\n{{ birthday.age or 'Hm.' }}")
    shop.opened(f"[occasions.birthday]\n{settings}")
    shop.customer("Ada Byron", born=born, language="sv")
    shop.run()

    assert (shop.notes()[0].body or "").endswith(f"\n{said}")
