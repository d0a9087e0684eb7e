import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appreciation.delivery.base import Letter, Result, Sender
from appreciation.delivery.mail import mail, wire_address
from appreciation.delivery.outbox import Outbox
from appreciation.words.markdown import to_html, to_text

SENDER = Sender("Rosa's Bakery", "Rosa", "rosa@example.org", "Hauptstr. 1", "DE", "en")
LETTER = Letter(
    note_id=7,
    name="Ada Lovelace",
    recipient="ada@example.org",
    country="",
    subject="Happy birthday, Ada!",
    body="Dear Ada,\n\nhappy birthday!\n\nRosa",
    language="en",
    message_id="<note-7.abc@example.org>",
    why="birthday on 21 November",
    at=datetime(2026, 11, 21, 11, 0, tzinfo=UTC),
)
ONCE_EACH = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
some = settings(max_examples=60, deadline=None)
# What a person, an import or a mischief-maker may have typed.
awkward = st.sampled_from(
    [
        "\r\nBcc: all@example.org",
        "\n\n<p>",
        "\r\r\n",
        "\x00\x07\x1b",
        "\x85\u2028\u2029",
        '"quoted" \\back',
        "(remark), <tag>; [x]: @",
        "=?utf-8?q?=41?=",
        "🎂🥖",
        "שלום",
        "é" * 300,
        "x" * 1200,
        "trailing  \t",
    ]
)
words = st.lists(awkward | st.text(), max_size=4).map(" ".join)
body_lines = st.sampled_from(
    [".", "..", ".hidden", "From here", "--", "blank at the end   ", "=20"]
)
bodies = st.lists(body_lines | words, max_size=6).map("\n".join)


def as_read(letter: Letter, sender: Sender = SENDER) -> EmailMessage:
    return message_from_bytes(mail(letter, sender), policy=policy.default)


def shown(text: str) -> str:
    """Return what a header can show of ``text``: control characters and runs are one blank."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")


def same_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def name_in(raw: bytes, header: str) -> str:
    """Return a name as RFC 2047 has it, which the new parser of Python 3.11 does not heed."""
    encoded, _ = parseaddr(message_from_bytes(raw)[header])
    return str(make_header(decode_header(encoded)))


@some
@example(name="x" * 1200, subject="x" * 1200, body="x" * 1200)
@given(name=words, subject=words, body=bodies)
def test_a_mail_is_ascii_in_short_lines_that_all_end_alike(
    name: str, subject: str, body: str
) -> None:
    raw = mail(replace(LETTER, name=name, subject=subject, body=body), SENDER)

    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@some
@given(name=words, subject=words, body=bodies, signer=words, business=words)
def test_no_name_or_subject_grows_a_header_or_a_defect(
    name: str, subject: str, body: str, signer: str, business: str
) -> None:
    sender = replace(SENDER, signer=signer, name=business)

    message = as_read(replace(LETTER, name=name, subject=subject, body=body), sender)

    assert message.keys() == list(ONCE_EACH)
    assert [part.defects for part in message.walk()] == [[], [], []]
    assert [message[header].defects for header in ("Subject", "Date")] == [(), ()]


@some
@example(name='"Ada" \\o/', subject='"Ada" \\o/', signer="=?utf-8?q?=41?=")
@given(name=words, subject=words, signer=words)
def test_names_and_subject_are_read_back_as_they_were(name: str, subject: str, signer: str) -> None:
    sender = replace(SENDER, signer=signer)

    raw = mail(replace(LETTER, name=name, subject=subject), sender)

    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == shown(subject)
    assert name_in(raw, "To") == shown(name)
    assert name_in(raw, "Reply-To") == shown(signer)
    assert name_in(raw, "From") == shown(f"{signer} (Rosa's Bakery)")
    assert [message[who].addresses[0].addr_spec for who in ("To", "From", "Reply-To")] == [
        "ada@example.org",
        "rosa@example.org",
        "rosa@example.org",
    ]


@some
@given(subject=words, body=bodies)
def test_both_parts_are_read_back_to_the_letter(subject: str, body: str) -> None:
    message = as_read(replace(LETTER, subject=subject, body=body))

    plain, html = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert plain.get_content_type() == "text/plain"
    assert same_lines(plain.get_content()) == same_lines(to_text(body))
    assert html.get_content_type() == "text/html"
    assert same_lines(html.get_content()) == same_lines(to_html(body, language="en", title=subject))


def test_a_mail_says_what_it_is_and_how_to_have_no_more_of_them() -> None:
    message = as_read(LETTER)

    assert message["Message-ID"] == "<note-7.abc@example.org>"
    assert message["Date"].datetime == LETTER.at
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<mailto:rosa@example.org?subject=No%20more%20notes>"
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("header", ["List-Unsubscribe-Post", "Precedence", "Return-Path"])
def test_a_mail_does_not_claim_to_be_bulk(header: str) -> None:
    assert header not in as_read(LETTER)


def test_a_mail_fetches_nothing_from_anywhere() -> None:
    assert b"http" not in mail(LETTER, SENDER).lower()


def test_the_same_letter_is_the_same_mail() -> None:
    assert mail(LETTER, SENDER) == mail(LETTER, SENDER)


def test_an_accented_domain_travels_in_its_ascii_form() -> None:
    letter = replace(LETTER, recipient="ada@bäckerei.example")

    assert as_read(letter)["To"].addresses[0].addr_spec == "ada@xn--bckerei-5wa.example"


def test_letters_before_the_at_that_are_not_ascii_stay_and_travel_in_utf_8() -> None:
    letter = replace(LETTER, name="Jörg", recipient="jörg@bäckerei.example")

    raw = mail(letter, SENDER)

    head, _, _ = raw.partition(b"\r\n\r\n")
    assert [line.isascii() for line in head.split(b"\r\n")].count(False) == 1
    message = message_from_string(raw.decode(), policy=policy.default)
    assert message["To"].addresses[0].addr_spec == "jörg@xn--bckerei-5wa.example"
    assert message["To"].addresses[0].display_name == "Jörg"
    assert message.keys() == list(ONCE_EACH)


def test_the_outbox_takes_any_letters_before_the_at(tmp_path: Path) -> None:
    backend = Outbox(SENDER, folder=tmp_path)
    letter = replace(LETTER, recipient="jörg@example.org")

    ((_, outcome),) = backend.deliver([letter], lambda _: True)

    (file,) = tmp_path.glob("*.eml")
    assert outcome.result is Result.SENT
    assert "To: Ada Lovelace <jörg@example.org>" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "message_id",
    [
        "",
        "note-7@example.org",
        "<note-7@example.org>\r\nBcc: all@example.org",
        "<note 7@example.org>",
        "<note-7@example.org\u2028>",
        "<note-7@example.org\0>",
        "<note-7@bäckerei.example>",
        "<<note-7@example.org>",
    ],
)
def test_what_can_be_no_message_id_makes_no_mail(message_id: str) -> None:
    with pytest.raises(ValueError, match="can be no Message-ID"):
        mail(replace(LETTER, message_id=message_id), SENDER)


@some
@given(address=words)
def test_no_address_grows_a_header(address: str) -> None:
    try:
        raw = mail(replace(LETTER, recipient=f"ada{address}@example.org"), SENDER)
    except ValueError:
        return
    assert message_from_bytes(raw, policy=policy.default).keys() == list(ONCE_EACH)


@given(at=st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_date_is_written_as_the_standard_library_does(at: datetime) -> None:
    assert as_read(replace(LETTER, at=at))["Date"] == format_datetime(at)


@pytest.mark.parametrize("sign", ["x", "é", "🎂", "\n", " ", "a\n"])
def test_a_body_of_ten_million_signs_is_a_mail_in_seconds(sign: str) -> None:
    raw = mail(replace(LETTER, body=sign * (10_000_000 // len(sign))), SENDER)

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("ada@exa\u0338mple..örg", "no domain that exists"),
        ("ada@example.org>\r\nBcc: all@example.org", "is no email address"),
        ("ada\u2028@example.org", "is no email address"),
        ("ada\0@example.org", "is no email address"),
        ("ada lovelace@example.org", "is no email address"),
        ("@example.org", "is no email address"),
        ("ada", "is no email address"),
        ("", "is no email address"),
    ],
)
def test_an_address_that_no_server_takes_is_refused_in_words(address: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        wire_address(address)
