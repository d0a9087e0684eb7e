"""What came back is held against its note and its address, and the card is offered instead."""

import mailbox
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from appreciation.delivery.imap import ImapFolder
from appreciation.errors import AppreciationError
from appreciation.store import suppressions
from appreciation.store.tables import Bounce, Customer, Note, NoteState, Suppression
from tests.conftest import Shop
from tests.returned_mails import POSTFIX, POSTFIX_DELAYED, QMAIL, VACATION, report, returned

ADDRESS = "Am Tor 3\n10115 Berlin"
BY_ITSELF = "[occasions.birthday]\napprove = 'auto'\n"


@pytest.fixture
def sent(shop: Shop) -> Note:
    """Return a note that Ada got by email, or so it seemed."""
    return sent_to(shop)


def sent_to(shop: Shop, name: str = "Ada Lovelace", settings: str = BY_ITSELF) -> Note:
    shop.opened(settings)
    shop.customer(name, born="21 Nov")
    assert shop.run()["sent"] == 1
    return shop.notes(state=NoteState.SENT)[-1]


def came(shop: Shop, *mails: bytes) -> dict[str, int]:
    return dict(shop.app.take_back(mails))


def of(note: Note, template: str = POSTFIX, mail_id: str = "<b1@mx.example.org>") -> bytes:
    assert note.message_id is not None
    return returned(template, note.message_id, mail_id)


def the_note(shop: Shop) -> Note:
    (note,) = shop.notes()
    return note


def suppressed(shop: Shop) -> list[tuple[str, str]]:
    with shop.app.store.reading() as session:
        rows = session.execute(select(Suppression.address, Suppression.why))
        return [(address, why) for address, why in rows]


def become(shop: Shop, note: Note, **fields: object) -> None:
    with shop.app.store.writing() as session:
        for name, value in fields.items():
            setattr(session.get_one(Note, note.id), name, value)


def retry(shop: Shop, note: Note, by: str | None = None) -> None:
    with shop.app.store.writing() as session:
        shop.app.retry(session.get_one(Note, note.id), by)


@pytest.mark.parametrize("state", [NoteState.SENT, NoteState.IN_DOUBT])
def test_a_note_that_came_back_has_failed_and_its_address_is_suppressed(
    shop: Shop, sent: Note, state: NoteState
) -> None:
    become(shop, sent, state=state)
    counts = came(shop, of(sent, report(said="smtp; 550 5.1.1 no such user")))

    note = the_note(shop)
    assert counts == {"came_back": 1}
    assert (note.state, note.reason) == (NoteState.FAILED, "came back: 550 5.1.1 no such user")
    assert suppressed(shop) == [("ada@example.org", "came back: 550 5.1.1 no such user")]


def test_each_mail_is_acted_upon_once(shop: Shop, sent: Note) -> None:
    first, second = of(sent), of(sent, QMAIL, "<b2@mx.example.org>")
    assert came(shop, first, first) == {"came_back": 1, "known": 1}
    with shop.app.store.writing() as session:
        session.query(Suppression).delete()
    become(shop, sent, state=NoteState.SENT)

    assert came(shop, first) == {"known": 1}
    assert (the_note(shop).state, suppressed(shop)) == (NoteState.SENT, [])
    assert came(shop, second) == {"came_back": 1}
    with shop.app.store.reading() as session:
        assert len(session.scalars(select(Bounce)).all()) == 2


def test_a_delay_is_kept_and_changes_nothing(shop: Shop, sent: Note) -> None:
    assert came(shop, of(sent, POSTFIX_DELAYED)) == {"delayed": 1}
    assert (the_note(shop).state, suppressed(shop)) == (NoteState.SENT, [])
    assert came(shop, of(sent, POSTFIX_DELAYED)) == {"known": 1}


def test_a_full_mailbox_fails_the_note_and_leaves_the_address_alone(shop: Shop, sent: Note) -> None:
    assert came(shop, of(sent, report(status="5.2.2"))) == {"came_back": 1}
    assert (the_note(shop).state, suppressed(shop)) == (NoteState.FAILED, [])


@pytest.mark.parametrize(
    "message_id",
    [
        "<note-1.0123456789abcdef@example.org>",
        "<personal.7@example.org>",
        "<note-1.0123456789abcdef@elsewhere.example>",
    ],
)
def test_what_nobody_of_ours_sent_is_believed_in_nothing(
    shop: Shop, sent: Note, message_id: str
) -> None:
    assert sent.message_id != message_id
    assert came(shop, returned(POSTFIX, message_id)) == {"not_ours": 1}
    assert (the_note(shop).state, suppressed(shop)) == (NoteState.SENT, [])
    with shop.app.store.reading() as session:
        assert session.scalars(select(Bounce)).all() == []


def test_a_mail_that_did_not_come_back_counts_for_nothing(shop: Shop) -> None:
    assert came(shop, of(sent_to(shop), VACATION), b"", b"\xff\x00") == {}


def test_what_a_person_settled_meanwhile_stays_settled(shop: Shop) -> None:
    note = sent_to(shop)
    become(shop, note, state=NoteState.SKIPPED, reason="skipped: we spoke")
    came(shop, of(note))

    assert (the_note(shop).state, the_note(shop).reason) == (NoteState.SKIPPED, "skipped: we spoke")


def test_what_came_back_from_a_former_address_is_not_held_against_the_new_one(
    shop: Shop, sent: Note
) -> None:
    came(shop, of(sent))
    shop.edit(sent.customer_id, email="ada@elsewhere.example")
    assert shop.run()["sent"] == 1

    assert came(shop, of(sent, QMAIL, "<late@mx.example.org>")) == {"not_ours": 1}
    assert the_note(shop).state is NoteState.SENT
    assert [address for address, _ in suppressed(shop)] == ["ada@example.org"]


def test_no_address_of_a_customer_stands_in_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    note = sent_to(shop)
    caplog.set_level(0)
    breaks_the_reader = b"To: ada@example.org\n\n<ada@example.org>: unknown"
    came(shop, of(note), breaks_the_reader)

    assert "came back" in caplog.text
    assert "ada@" not in caplog.text.casefold()
    assert {record.name for record in caplog.records} == {"appreciation.stages.returning"}


def test_a_slow_mailbox_does_not_keep_the_store_waiting(shop: Shop) -> None:
    note = sent_to(shop)

    def mails() -> Iterable[bytes]:
        yield of(note)
        with shop.app.store.writing():
            yield of(note, QMAIL, "<b2@mx.example.org>")

    assert dict(shop.app.take_back(mails())) == {"came_back": 2}


def test_whoever_is_asked_to_stop_reads_no_further(shop: Shop) -> None:
    note = sent_to(shop)

    assert dict(shop.app.take_back([of(note)], stopping=lambda: True)) == {}


# No email to such an address: asked when planning, when drafting, and in the claim.


def suppress(shop: Shop, address: str = "ada@example.org") -> None:
    with shop.app.store.writing() as session:
        suppressions.suppress(session, address, "came back: 550", shop.clock())


def test_a_note_to_a_suppressed_address_is_neither_written_nor_claimed(shop: Shop) -> None:
    shop.opened(BY_ITSELF)
    shop.customer(born="21 Nov", email="Ada@example.org")
    suppress(shop)

    assert shop.run() == {"found": 1}
    note = the_note(shop)
    assert (note.state, note.body) == (NoteState.FOUND, None)
    become(shop, note, state=NoteState.APPROVED, recipient="Ada@example.org", subject="x", body="x")
    assert shop.run() == {}
    assert shop.mails == []


@pytest.mark.parametrize("by", ["post-or-email", "email-or-post"])
def test_a_suppressed_email_address_makes_it_a_card_where_that_is_wished(
    shop: Shop, by: str
) -> None:
    shop.opened(f"[occasions.birthday]\nby = '{by}'\nlead = '0d'\n")
    shop.customer(born="23 Nov", address=ADDRESS)
    shop.customer("Ben Okafor", born="23 Nov")
    suppress(shop)
    shop.run()

    ada, ben = sorted(shop.notes(), key=lambda note: note.customer_id)
    assert (ada.state, ada.channel, ada.backend) == (NoteState.WAITING, "post", "print")
    assert (ada.recipient, ben.channel) == (ADDRESS, "email")


def test_a_card_is_planned_for_when_a_card_must_leave(shop: Shop) -> None:
    settings = "[occasions.birthday]\nby = 'email-or-post'\nlead = '3d'\nahead = '30d'\n"
    shop.opened(settings)
    shop.customer(born="10 Dec", address=ADDRESS)
    shop.app.find()
    by_email = the_note(shop).due_at
    suppress(shop)
    shop.app.find()

    # There three days before Thursday the 10th, two working days after Thursday the 3rd.
    assert by_email - the_note(shop).due_at == timedelta(days=7)


@pytest.mark.parametrize("approve", ["ask", "auto"])
def test_a_note_that_was_written_already_becomes_a_card(shop: Shop, approve: str) -> None:
    settings = f"[occasions.birthday]\nby = 'email-or-post'\napprove = '{approve}'\n"
    shop.opened(settings)
    shop.customer(born="24 Nov", address=ADDRESS)
    shop.run()
    assert the_note(shop).channel == "email"
    suppress(shop)
    shop.run()

    note = the_note(shop)
    assert (note.channel, note.recipient) == ("post", ADDRESS)
    assert note.approved_at is None or approve == "auto"
    shop.run()
    assert the_note(shop).drafted_at == note.drafted_at


def test_where_there_is_no_way_at_all_the_owner_is_told(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post-or-email'\n")
    shop.customer(born="21 Nov")
    suppress(shop)

    assert shop.run() == {"found": 1, "blocked": 1}
    assert the_note(shop).reason == (
        "Ada Lovelace has no postal address and no email address that works"
    )


def test_whom_something_else_holds_back_gets_no_card_either(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'email-or-post'\n")
    who = shop.customer(born="24 Nov", address=ADDRESS)
    shop.run()
    suppress(shop)
    shop.hold(who)

    assert shop.run() == {}
    assert the_note(shop).channel == "email"


# Another way.


def test_a_note_that_came_back_goes_by_post_once_it_was_looked_at(shop: Shop) -> None:
    shop.opened(BY_ITSELF + "lead = '0d'\n")
    shop.customer(born="21 Nov", address=ADDRESS)
    shop.run()
    note = the_note(shop)
    came(shop, of(note))
    retry(shop, note, by="post")

    waits = the_note(shop)
    assert (waits.state, waits.reason) == (NoteState.WAITING, "by post now: look once more")
    assert (waits.channel, waits.backend, waits.recipient) == ("post", "print", ADDRESS)
    assert (waits.body, waits.approved_at) == (note.body, None)
    assert shop.run() == {}
    shop.approve_all()
    assert shop.run() == {"printed": 1}


def test_the_way_that_a_person_chose_is_kept_when_the_note_turns_late(shop: Shop) -> None:
    shop.opened(BY_ITSELF)
    shop.customer(born="21 Nov", address=ADDRESS)
    shop.run()
    came(shop, of(the_note(shop), report(status="5.2.2")))
    retry(shop, the_note(shop), by="post")
    shop.clock.sleep(days=1)
    shop.run()

    note = the_note(shop)
    assert (note.belated, note.channel, note.recipient) == (True, "post", ADDRESS)


def test_a_note_that_was_never_written_for_its_address_is_written_as_a_card(
    shop: Shop,
) -> None:
    shop.customer(born="21 Nov", address=ADDRESS)
    suppress(shop)
    assert shop.run() == {"found": 1}
    retry(shop, the_note(shop), by="post")
    assert shop.run() == {"drafted": 1}

    note = the_note(shop)
    assert (note.state, note.channel, note.recipient) == (NoteState.WAITING, "post", ADDRESS)


def test_an_approved_note_whose_address_is_suppressed_since_goes_by_post(shop: Shop) -> None:
    shop.customer(born="22 Nov", address=ADDRESS)
    shop.run()
    shop.approve_all()
    suppress(shop)
    retry(shop, the_note(shop), by="post")

    assert the_note(shop).state is NoteState.WAITING


def test_a_card_that_failed_goes_by_email(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n")
    shop.customer(born="22 Nov", address=ADDRESS)
    shop.run()
    note = the_note(shop)
    become(shop, note, state=NoteState.FAILED)
    retry(shop, note, by="email")

    by_email = the_note(shop)
    assert (by_email.channel, by_email.recipient) == ("email", "ada@example.org")
    assert by_email.message_id not in (None, note.message_id)


@pytest.mark.parametrize(
    ("by", "wrong", "mend"),
    [
        (None, "ada@example.org is not written to: came back: 550", "--email"),
        ("email", "ada@example.org is not written to: came back: 550", "--email"),
        ("post", "Ada Lovelace has no postal address", "--address"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused_and_changes_nothing(
    shop: Shop, by: str | None, wrong: str, mend: str
) -> None:
    note = sent_to(shop)
    become(shop, note, state=NoteState.FAILED)
    suppress(shop)
    with pytest.raises(AppreciationError, match=wrong) as told:
        retry(shop, note, by)

    assert mend in told.value.mend
    assert (the_note(shop).state, the_note(shop).channel) == (NoteState.FAILED, "email")


def test_a_note_that_can_leave_is_not_sent_another_way_unasked(shop: Shop) -> None:
    shop.customer(born="21 Nov", address=ADDRESS)
    shop.run()

    with pytest.raises(AppreciationError, match="cannot be sent by post: it is waiting"):
        retry(shop, the_note(shop), by="post")


def test_a_note_that_is_too_late_goes_no_other_way(shop: Shop) -> None:
    shop.opened(BY_ITSELF)
    shop.customer(born="21 Nov", address=ADDRESS)
    shop.run()
    come_back = the_note(shop)
    shop.clock.now = come_back.expires_at
    came(shop, of(come_back))

    with pytest.raises(AppreciationError, match="too late"):
        retry(shop, come_back, by="post")


# The owner knows better.


def test_the_same_address_given_again_is_written_to_again(shop: Shop, sent: Note) -> None:
    came(shop, of(sent))
    shop.edit(sent.customer_id, phone="123")
    assert suppressed(shop)
    shop.edit(sent.customer_id, email="ada@example.org")
    assert suppressed(shop) == []
    retry(shop, sent)

    assert shop.run() == {"sent": 1}


def test_a_new_address_leaves_the_old_one_suppressed(shop: Shop, sent: Note) -> None:
    came(shop, of(sent))
    shop.edit(sent.customer_id, email="ada@elsewhere.example")

    assert [address for address, _ in suppressed(shop)] == ["ada@example.org"]
    with shop.app.store.reading() as session:
        assert session.get_one(Customer, sent.customer_id).suppression is None
    assert shop.run() == {"drafted": 1, "approved": 1, "sent": 1}


def test_an_address_that_moves_to_another_customer_stays_suppressed(shop: Shop) -> None:
    suppress(shop, "family@example.org")
    shop.edit(shop.customer(), email="family@example.org")

    assert [address for address, _ in suppressed(shop)] == ["family@example.org"]


# The mailbox that is set.


def test_the_mailbox_of_the_settings_lies_beside_them(shop: Shop) -> None:
    shop.opened("[bounces]\nmailbox = 'returned'\n")
    box = mailbox.mbox(shop.folder / "returned")
    box.add(returned(POSTFIX))
    box.close()

    assert shop.app.mailbox is not None
    assert len(list(shop.app.mailbox.mails(shop.today))) == 1


def test_the_server_of_the_settings_is_opened_with_the_password_of_its_file(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "imap-password").write_text("open sesame\n")
    shop.opened("[bounces]\nhost = 'imap.example.org'\npassword_file = 'imap-password'\n")
    server = shop.app.mailbox

    assert isinstance(server, ImapFolder)
    assert server.password.read() == "open sesame"
    assert server.security == "tls"


def test_where_nothing_is_set_there_is_no_mailbox(shop: Shop) -> None:
    assert shop.app.mailbox is None


def test_two_places_at_once_are_a_mistake(shop: Shop) -> None:
    with pytest.raises(AppreciationError, match="name the one that is to be read"):
        shop.opened("[bounces]\nmailbox = 'returned'\nhost = 'imap.example.org'\n")
