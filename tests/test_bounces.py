"""What a mail that came back says, in the many ways in which mail systems say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.delivery.bounces import Returned, read
from appreciation.delivery.mail import new_message_id
from tests.returned_mails import (
    ANOTHER_MAIL,
    BOUNCES,
    GMAIL,
    NO_BOUNCES,
    OLD_EXIM,
    OURS,
    POSTFIX,
    POSTFIX_DELAYED,
    QMAIL,
    report,
    returned,
)


def told(template: str, message_id: str = OURS) -> Returned:
    """Return what a mail says that is a bounce."""
    seen = read(returned(template, message_id))
    assert seen is not None
    return seen


@pytest.mark.parametrize("template", BOUNCES.values(), ids=BOUNCES)
def test_every_mail_system_is_understood(template: str) -> None:
    seen = told(template)

    assert (seen.message_id, seen.lasting, seen.bad_address) == (OURS, True, True)


def test_a_new_message_id_is_found_again_in_what_comes_back() -> None:
    ours = new_message_id(7, "rosa@bäckerei.example")

    assert ours.isascii()
    assert told(QMAIL, ours).message_id == ours


@pytest.mark.parametrize(
    ("template", "status", "said"),
    [
        (
            POSTFIX,
            "5.1.1",
            (
                "550 5.1.1 <ada@example.net>: Recipient address rejected:"
                " User unknown in virtual mailbox table"
            ),
        ),
        (BOUNCES["Exim"], "5.1.1", "550 5.1.1 no mailbox here by that name"),
        (OLD_EXIM, None, "Unrouteable address"),
        (QMAIL, "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
        (
            BOUNCES["Exchange"],
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
        ),
    ],
)
def test_the_other_side_s_words_are_kept_in_one_line(
    template: str, status: str | None, said: str
) -> None:
    seen = told(template)

    assert (seen.status, seen.said) == (status, said)


def test_a_delay_is_nothing_lasting_and_blames_nobody() -> None:
    seen = told(POSTFIX_DELAYED)

    assert (seen.message_id, seen.status) == (OURS, "4.4.1")
    assert (seen.lasting, seen.bad_address) == (False, False)


@pytest.mark.parametrize("template", NO_BOUNCES.values(), ids=NO_BOUNCES)
def test_what_merely_speaks_of_a_note_is_no_bounce(template: str) -> None:
    assert read(returned(template)) is None


def test_the_owner_s_own_answer_that_came_back_is_not_the_note() -> None:
    assert told(ANOTHER_MAIL).message_id == ""


@pytest.mark.parametrize(
    ("status", "said", "is_to_blame"),
    [
        ("5.1.1", "550 5.1.1 no such user", True),
        ("5.1.2", "no such domain", True),
        ("5.1.6", "the mailbox has moved", True),
        ("5.1.10", "it takes no mail at all", True),
        ("5.2.1", "550 5.2.1 mailbox disabled", True),
        ("5.4.1", "550 5.4.1 recipient address rejected", True),
        ("5.4.4", "unable to route", True),
        ("5.1.7", "553 5.1.7 bad sender's address", False),
        ("5.1.8", "550 5.1.8 sender's domain is not found", False),
        ("5.2.2", "552 5.2.2 mailbox full", False),
        ("5.2.3", "552 5.2.3 message too long", False),
        ("5.3.4", "552 5.3.4 too big", False),
        ("5.5.0", "554 5.5.0 protocol error", False),
        ("5.6.1", "554 5.6.1 media not supported", False),
        ("5.7.1", "550 5.7.1 we do not like you", False),
        ("4.4.7", "gave up after five days", False),
        ("5.0.0", "550 no such user here", True),
        ("5.0.0", "550 5.7.1 listed as spam", False),
        ("5.0.0", "550 your message looks like spam", False),
        ("5.0.0", "552 over quota", False),
    ],
)
def test_the_address_is_blamed_only_where_it_is_to_blame(
    status: str, said: str, is_to_blame: bool
) -> None:
    seen = told(report(status=status, said=f"smtp; {said}"))

    assert seen.lasting
    assert seen.bad_address is is_to_blame


def test_a_report_without_an_action_is_known_by_its_status() -> None:
    assert told(POSTFIX.replace("Action: failed\n", "")).lasting
    assert not told(POSTFIX_DELAYED.replace("Action: delayed\n", "")).lasting


def test_a_mail_is_the_same_whichever_line_ends_its_mailbox_uses() -> None:
    unix = returned(QMAIL)
    network = unix.replace(b"\n", b"\r\n")
    one, other = read(unix), read(network)

    assert one == other
    assert one is not None
    assert len(one.mail_id) == 64


def test_a_mail_with_an_id_of_its_own_is_known_by_it() -> None:
    seen = read(returned(POSTFIX, mail_id="<abc@mx.example.org>"))

    assert seen is not None
    assert seen.mail_id == "<abc@mx.example.org>"


def test_what_a_stranger_writes_is_short_and_safe_to_show() -> None:
    seen = told(report(said="smtp; 550 \x1b[31mred\x07 " + "x" * 10_000))

    assert seen.said.isprintable()
    assert seen.said.startswith("550 [31mred")
    assert len(seen.said) == 200


def test_a_mail_cut_off_in_the_middle_still_tells_what_came_before() -> None:
    mail = returned(POSTFIX)
    seen = read(mail[: mail.index(b"happy birthday!")])

    assert seen is not None
    assert seen.message_id == OURS


def test_a_mail_of_a_thousand_mails_in_mails_is_survived() -> None:
    nested = b"Content-Type: message/rfc822\n\n" * 2_000
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(400)
    )

    assert read(nested) is None
    assert read(deep) is None


@given(st.binary(max_size=2_000))
def test_random_bytes_are_no_bounce(mail: bytes) -> None:
    assert read(mail) is None


@given(
    st.sampled_from(sorted(BOUNCES.values())),
    st.lists(
        st.tuples(st.integers(0, 4_000), st.integers(0, 60), st.binary(max_size=40)),
        min_size=1,
        max_size=8,
    ),
)
def test_a_mangled_bounce_never_breaks_the_reading(
    template: str, cuts: list[tuple[int, int, bytes]]
) -> None:
    mail = bytearray(returned(template))
    for at, gone, instead in cuts:
        mail[at : at + gone] = instead
    seen = read(bytes(mail))

    if seen is not None:
        assert seen.said.isprintable()
        assert len(seen.said) <= 200
        assert seen.message_id in ("", OURS) or seen.message_id.startswith("<note-")
        assert seen.mail_id
        assert seen.mail_id.encode()


def test_gmail_s_way_of_folding_an_answer_is_one_line() -> None:
    assert told(GMAIL).said == (
        "550-5.1.1 The email account that you tried to reach does not exist. "
        "Please 550 5.1.1 check for typos"
    )


def test_what_nobody_can_see_is_not_shown_and_turns_no_line_round() -> None:
    # Its words are read as UTF-8; elsewhere such letters are broken before they are words.
    mail = returned(BOUNCES["qmail"]).replace(b"#5.1.1", "#5.1.1\u202e\u07b2".encode())
    seen = read(mail)

    assert seen is not None
    assert "(#5.1.1\ufffd\ufffd)" in seen.said
