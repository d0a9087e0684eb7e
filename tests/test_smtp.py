import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from appreciation.delivery.base import Letter, Outcome, Result, Sender
from appreciation.delivery.smtp import Smtp
from appreciation.delivery.smtp_replies import meaning
from appreciation.errors import AppreciationError
from tests.mail_server import BORN, HERE, Certificate, Fault, Script, certificate, real, scripted

SENDER = Sender("Rosa's Bakery", "Rosa", "rosa@example.org", "Hauptstr. 1", "DE", "en")
SECRET = "open sesame 7"


def letter(number: int = 1, **fields: Any) -> Letter:
    made = Letter(
        note_id=number,
        name="Ada Lovelace",
        recipient=f"customer{number}@example.org",
        country="",
        subject="Happy birthday!",
        body="Dear Ada,\n\nhappy birthday!",
        language="en",
        message_id=f"<note-{number}@example.org>",
        why="birthday",
        at=datetime(2026, 11, 21, 11, 0, tzinfo=UTC),
    )
    return replace(made, **fields)


@dataclass
class Intents:
    """Where the intents are recorded; those in ``lost`` belong to another worker by now."""

    begun: list[int] = field(default_factory=list)
    lost: tuple[int, ...] = ()

    def __call__(self, begun: Letter) -> bool:
        self.begun.append(begun.note_id)
        return begun.note_id not in self.lost


def smtp(port: int, **settings: Any) -> Smtp:
    settings = {"security": "none", "timeout_seconds": 1, "answer_seconds": 1, **settings}
    return Smtp(SENDER, host=HERE, port=port, **settings)


def delivered(
    backend: Smtp, letters: Iterable[Letter], begin: Intents | None = None
) -> list[Outcome]:
    return [outcome for _, outcome in backend.deliver(letters, begin or Intents())]


SENT, RETRY, FAILED = Result.SENT, Result.RETRY, Result.FAILED
RESTING, IN_DOUBT = Result.RESTING, Result.IN_DOUBT


@dataclass(frozen=True)
class Case:
    """One row of the table: what the server does, and what becomes of the letter."""

    stage: str
    does: str | Fault
    result: Result
    begun: bool = False
    accepted: bool = False
    lasting: bool = False
    bad_address: bool = False
    # How long each word may take, where all of it is waited for.
    seconds: float = 1

    @property
    def script(self) -> Script:
        return {(self.stage, 1): self.does}


CASES = {
    "01 all is well": Case("dot", "250 2.0.0 taken", SENT, begun=True, accepted=True),
    "02 banner 554": Case("banner", "554 no service", RESTING),
    "03 banner 421": Case("banner", "421 4.3.2 not now", RESTING),
    "04 no banner": Case("banner", Fault.EOF, RESTING),
    "05 silent from the start": Case("banner", Fault.SILENCE, RESTING, seconds=0.4),
    "06 MAIL 421": Case("mail", "421 4.3.2 closing", RETRY),
    "10 MAIL 452": Case("mail", "452 4.3.1 full", RETRY),
    "11 MAIL 550": Case("mail", "550 5.7.1 sender rejected", RESTING, lasting=True),
    "12 MAIL 530": Case("mail", "530 5.7.0 log in first", RESTING, lasting=True),
    "13 RCPT greylisted": Case("rcpt", "451 4.7.1 greylisted", RETRY),
    "14 RCPT 421": Case("rcpt", "421 4.7.0 closing", RETRY),
    "15 RCPT unknown": Case("rcpt", "550 5.1.1 no such user", FAILED, bad_address=True),
    "16 RCPT mailbox full": Case("rcpt", "552 5.2.2 mailbox full", RETRY),
    "17 RCPT EOF": Case("rcpt", Fault.EOF, RETRY),
    "18 DATA 451": Case("data", "451 4.3.0 later", RETRY),
    "19 DATA 554": Case("data", "554 5.5.1 no", FAILED),
    "20 DATA 421": Case("data", "421 4.3.2 closing", RETRY),
    "21 DATA EOF": Case("data", Fault.EOF, RETRY),
    "22 body RST": Case("body", Fault.RST, RETRY, begun=True),
    "23 body EOF": Case("body", Fault.EOF, RETRY, begun=True),
    "24 dot EOF": Case("dot", Fault.EOF, IN_DOUBT, begun=True, accepted=True),
    "25 dot RST": Case("dot", Fault.RST, IN_DOUBT, begun=True, accepted=True),
    "26 dot silence": Case("dot", Fault.SILENCE, IN_DOUBT, begun=True, accepted=True, seconds=0.4),
    "27 dot, answer cut": Case("dot", Fault.CUT, IN_DOUBT, begun=True, accepted=True),
    "28 dot 451": Case("dot", "451 4.3.0 later", RETRY, begun=True),
    "29 dot 421": Case("dot", "421 4.3.2 closing", RETRY, begun=True),
    "30 dot spam": Case("dot", "554 5.7.1 spam", RESTING, begun=True, lasting=True),
    "31 dot 5.7.26": Case("dot", "550 5.7.26 unauthenticated", RESTING, begun=True, lasting=True),
    "31 dot, other 5xx": Case("dot", "554 5.6.0 malformed", FAILED, begun=True),
    "32 QUIT EOF": Case("quit", Fault.EOF, SENT, begun=True, accepted=True),
    "33 QUIT silence": Case("quit", Fault.SILENCE, SENT, begun=True, accepted=True, seconds=0.4),
    "34 banner drips": Case("banner", Fault.DRIP, RESTING, seconds=0.4),
    "35 banner without end": Case("banner", Fault.LINE, RESTING),
    "36 EHLO without end": Case("ehlo", Fault.LINES, RESTING),
    "37 RCPT drips": Case("rcpt", Fault.DRIP, RETRY, seconds=0.4),
    "38 DATA without end": Case("data", Fault.LINES, RETRY),
    "39 dot drips": Case("dot", Fault.DRIP, IN_DOUBT, begun=True, accepted=True, seconds=0.4),
    "40 dot without end": Case("dot", Fault.LINES, IN_DOUBT, begun=True, accepted=True),
    "41 dot, a line without end": Case("dot", Fault.LINE, IN_DOUBT, begun=True, accepted=True),
    "42 QUIT drips": Case("quit", Fault.DRIP, SENT, begun=True, accepted=True, seconds=0.4),
}
# Long enough to be still under way when the server goes.
LONG = "a long story " * 400_000


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_becomes_of_a_letter_depends_on_stage_and_answer(case: Case) -> None:
    intents = Intents()
    first = letter(1, body=LONG) if case.stage == "body" else letter(1)

    with scripted(case.script) as server:
        backend = smtp(server.port, timeout_seconds=case.seconds, answer_seconds=case.seconds)
        (outcome,) = delivered(backend, [first], intents)
        mails = len(server.mails)
        afterwards = delivered(backend, [letter(2)])

    assert (outcome.result, outcome.lasting, outcome.bad_address) == (
        case.result,
        case.lasting,
        case.bad_address,
    )
    assert outcome.said
    assert bool(intents.begun) is case.begun
    assert mails == case.accepted
    assert [later.result for later in afterwards] == [SENT]


@pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if case.result is not RESTING],
    ids=[name for name, case in CASES.items() if case.result is not RESTING],
)
def test_one_letters_fate_does_not_keep_the_next_from_leaving(case: Case) -> None:
    intents = Intents()
    first = letter(1, body=LONG) if case.stage == "body" else letter(1)

    with scripted(case.script) as server:
        backend = smtp(server.port, timeout_seconds=case.seconds, answer_seconds=case.seconds)
        outcomes = delivered(backend, [first, letter(2)], intents)

    assert [outcome.result for outcome in outcomes] == [case.result, SENT]
    assert intents.begun == ([1, 2] if case.begun else [2])


@pytest.mark.parametrize("case", ["02 banner 554", "11 MAIL 550", "30 dot spam"])
def test_a_server_that_refuses_us_is_asked_for_no_further_letter(case: str) -> None:
    drawn = []

    def letters() -> Iterator[Letter]:
        for number in (1, 2):
            drawn.append(number)
            yield letter(number)

    with scripted(CASES[case].script) as server:
        outcomes = delivered(smtp(server.port), letters())

    assert [outcome.result for outcome in outcomes] == [RESTING]
    assert drawn == [1]


@pytest.mark.parametrize(
    "gone",
    ["421 4.4.2 idle too long", Fault.EOF, Fault.RST],
    ids=["07 421", "08 EOF", "09 RST"],
)
def test_a_kept_connection_that_is_gone_costs_no_attempt(gone: str | Fault) -> None:
    intents = Intents()

    with scripted({("mail", 2): gone}) as server:
        outcomes = delivered(smtp(server.port), [letter(1), letter(2)], intents)

    assert [outcome.result for outcome in outcomes] == [SENT, SENT]
    assert intents.begun == [1, 2]
    assert (len(server.mails), server.connections) == (2, 2)


def test_a_server_that_hangs_up_on_a_fresh_connection_too_is_tried_later() -> None:
    with scripted({("mail", 2): Fault.EOF, ("mail", 3): Fault.EOF}) as server:
        outcomes = delivered(smtp(server.port), [letter(1), letter(2)])

    assert [outcome.result for outcome in outcomes] == [SENT, RETRY]
    assert server.connections == 2


def test_three_letters_share_one_connection() -> None:
    with scripted() as server:
        outcomes = delivered(smtp(server.port), [letter(n) for n in (1, 2, 3)])

    assert [outcome.result for outcome in outcomes] == [SENT] * 3
    assert (len(server.mails), server.connections) == (3, 1)
    assert outcomes[0].said == "250 2.0.0 taken"


def test_the_intent_is_recorded_after_the_go_ahead_and_before_the_body() -> None:
    seen = []

    with scripted() as server:

        def begin(_: Letter) -> bool:
            seen.append((server.heard[-1], server.times["data"], server.times["dot"]))
            return True

        list(smtp(server.port).deliver([letter()], begin))

    assert seen == [("data", 1, 0)]


def test_a_letter_that_another_worker_has_by_now_does_not_leave() -> None:
    with scripted() as server:
        outcomes = delivered(smtp(server.port), [letter(1), letter(2)], Intents(lost=(1,)))

    assert [outcome.result for outcome in outcomes] == [RETRY, SENT]
    assert server.unfinished == [b""]
    assert len(server.mails) == 1
    assert b"<note-2@example.org>" in server.mails[0]


def test_a_store_that_breaks_at_the_intent_lets_nothing_leave() -> None:
    def begin(_: Letter) -> bool:
        raise RuntimeError("the disk is full")

    with scripted() as server, pytest.raises(RuntimeError, match="the disk is full"):
        list(smtp(server.port).deliver([letter()], begin))

    assert (server.mails, server.unfinished) == ([], [b""])
    assert server.heard[-1] == "data"


@pytest.mark.parametrize(
    "answer", ["200 hm", "251 elsewhere", "354 more?", "25", "2500 ok", "what?", "250-one\n550 two"]
)
def test_an_answer_to_the_body_that_nobody_understands_leaves_a_doubt(answer: str) -> None:
    with scripted({("dot", 1): answer}) as server:
        outcomes = delivered(smtp(server.port), [letter(1), letter(2)])

    assert [outcome.result for outcome in outcomes] == [IN_DOUBT, SENT]
    assert server.connections == 2


def test_an_answer_of_many_lines_is_read_to_its_end() -> None:
    with scripted({("dot", 1): "250-2.0.0 taken\n250-2.0.0 and\n250 2.0.0 kept"}) as server:
        outcomes = delivered(smtp(server.port), [letter(1), letter(2)])

    assert [outcome.result for outcome in outcomes] == [SENT, SENT]
    assert "kept" in outcomes[0].said


@pytest.mark.parametrize(
    ("said", "bad_address"),
    [
        ("550 5.1.1 no such user", True),
        ("550 #5.1.0 address rejected", True),
        ("550 client host 45.1.2.3 blocked", False),
        ("550 blocked: 5.1.2.3", False),
        ("550 5.1.2.3 is blocked", False),
        ("550 refused, code 550 5.1.1", False),
    ],
)
def test_only_a_status_of_its_own_makes_an_address_bad(said: str, bad_address: bool) -> None:
    outcome = meaning("rcpt", 550, said)

    assert (outcome.result, outcome.bad_address) == (FAILED, bad_address)


@pytest.mark.parametrize(
    ("stage", "said", "result"),
    [
        ("mail", "550 who are you", RESTING),
        ("mail", "552 5.3.4 too big", FAILED),
        ("rcpt", "530 log in", RESTING),
        ("rcpt", "535 log in again", RESTING),
        ("rcpt", "550 no", FAILED),
        ("rcpt", "550 5.2.2 mailbox full", RETRY),
        ("dot", "552 too big", FAILED),
    ],
)
def test_what_a_server_has_against_us_is_not_the_letters_fault(
    stage: str, said: str, result: Result
) -> None:
    assert meaning(stage, int(said[:3]), said).result is result


def test_a_line_that_breaks_behind_mail_is_an_attempt_on_a_kept_connection_too() -> None:
    with scripted({("rcpt", 2): Fault.EOF}) as server:
        outcomes = delivered(smtp(server.port), [letter(1), letter(2)])

    assert [outcome.result for outcome in outcomes] == [SENT, RETRY]
    assert server.connections == 1


def test_a_refused_letter_leaves_nothing_on_the_line() -> None:
    with scripted({("rcpt", 1): "550 5.1.1 no such user"}) as server:
        delivered(smtp(server.port), [letter(1), letter(2)])

    assert server.heard[3:5] == ["rset", "mail FROM:<rosa@example.org>"]
    assert server.connections == 1


def test_a_body_that_the_server_does_not_read_is_tried_later() -> None:
    with scripted({("body", 1): Fault.DEAF}) as server:
        backend = smtp(server.port, timeout_seconds=0.2)
        (outcome,) = delivered(backend, [letter(body=LONG)])
        server.hears.set()

    assert outcome.result is RETRY
    assert "within the body" in outcome.said
    assert server.mails == []


def test_a_server_that_never_begins_to_be_secure_rests() -> None:
    with scripted({("banner", 1): Fault.SILENCE}) as server:
        backend = smtp(server.port, security="tls", timeout_seconds=0.2)
        (outcome,) = delivered(backend, [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, False)


def test_a_server_may_think_about_a_body_for_another_time_than_about_a_word() -> None:
    began = time.monotonic()

    with scripted({("dot", 1): Fault.SILENCE}) as server:
        backend = smtp(server.port, timeout_seconds=60, answer_seconds=0.1)
        (outcome,) = delivered(backend, [letter()])

    assert outcome.result is IN_DOUBT
    assert time.monotonic() - began < 15


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    body = ".hidden\n\n..twice\n\n."

    with scripted() as server:
        delivered(smtp(server.port), [letter(body=body)])

    plain = message_from_bytes(server.mails[0], policy=policy.default).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == body.splitlines()


def test_names_and_words_of_any_script_arrive() -> None:
    ada = letter(name="Ада Лавлейс 🎂", subject="Днём рождения", body="שלום עדה")

    with scripted() as server:
        delivered(smtp(server.port), [ada])

    message = message_from_bytes(server.mails[0], policy=policy.default)
    plain = message.get_body(("plain",))
    assert plain is not None
    assert message["To"].addresses[0].display_name == "Ада Лавлейс 🎂"
    assert message["Subject"] == "Днём рождения"
    assert plain.get_content() == "שלום עדה"


def test_an_accented_domain_is_written_to_in_its_ascii_form() -> None:
    with scripted() as server:
        delivered(smtp(server.port), [letter(recipient="ada@bäckerei.example")])

    assert "rcpt TO:<ada@xn--bckerei-5wa.example>" in server.heard


INTERNATIONAL = "250-here\n250-8BITMIME\n250 SMTPUTF8"


def test_letters_before_the_at_that_are_not_ascii_travel_where_the_server_carries_them() -> None:
    with scripted({("ehlo", 1): INTERNATIONAL}) as server:
        letters = [letter(1, recipient="jörg@bäckerei.example"), letter(2)]
        outcomes = delivered(smtp(server.port), letters)

    assert [outcome.result for outcome in outcomes] == [SENT, SENT]
    assert [line for line in server.heard if ":<" in line] == [
        "mail FROM:<rosa@example.org> SMTPUTF8 BODY=8BITMIME",
        "rcpt TO:<jörg@xn--bckerei-5wa.example>",
        "mail FROM:<rosa@example.org>",
        "rcpt TO:<customer2@example.org>",
    ]
    assert "To: Ada Lovelace <jörg@xn--bckerei-5wa.example>" in server.mails[0].decode()
    assert server.mails[1].isascii()


@pytest.mark.parametrize(
    ("limit", "result"),
    [("1000", FAILED), ("100000", SENT), ("0", SENT), ("", SENT), ("²", SENT), ("9" * 5000, SENT)],
)
def test_a_mail_larger_than_the_server_takes_fails_before_it_is_begun(
    limit: str, result: Result
) -> None:
    intents = Intents()

    with scripted({("ehlo", 1): f"250-here\n250 SIZE {limit}"}) as server:
        (outcome,) = delivered(smtp(server.port), [letter()], intents)

    assert outcome.result is result
    assert bool(intents.begun) is (result is SENT)
    assert ("takes 1,000" in outcome.said) is (result is FAILED)


def test_a_body_of_ten_million_signs_arrives() -> None:
    with scripted() as server:
        backend = smtp(server.port, timeout_seconds=30, answer_seconds=30)
        (outcome,) = delivered(backend, [letter(body="All the best. " * 700_000)])

    assert outcome.result is SENT
    assert len(server.mails[0]) > 20_000_000


@pytest.mark.parametrize(
    "address", ["jörg@example.org", "ada@example.org>\r\nrcpt TO:<all@example.org"]
)
def test_an_address_that_cannot_be_written_to_fails_alone(address: str) -> None:
    intents = Intents()

    with scripted() as server:
        outcomes = delivered(smtp(server.port), [letter(1, recipient=address), letter(2)], intents)

    assert [outcome.result for outcome in outcomes] == [FAILED, SENT]
    assert repr(address) in outcomes[0].said
    assert intents.begun == [2]
    assert [line for line in server.heard if line.startswith("rcpt")] == [
        "rcpt TO:<customer2@example.org>"
    ]


def test_nobody_listening_rests_the_server_and_not_for_good() -> None:
    with scripted() as server:
        port = server.port

    (outcome,) = delivered(smtp(port), [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, False)
    assert outcome.said.startswith("no answer")


@pytest.mark.parametrize(
    ("host", "wrong"), [("", "host is empty"), ("smtp..example", "no machine's name")]
)
def test_a_host_that_is_none_rests_the_server_until_it_is_mended(host: str, wrong: str) -> None:
    backend = Smtp(SENDER, host=host)

    (outcome,) = delivered(backend, [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert wrong in outcome.said


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), BORN)


@pytest.fixture
def shouting(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
ROSA = {"user": "rosa", "password": SecretStr(SECRET)}
DOOR = ("rosa", SECRET)


def test_a_letter_leaves_over_starttls_after_the_login(certified: Certificate) -> None:
    with real(DOOR, starttls=certified.server) as (got, port):
        outcomes = delivered(
            smtp(port, security="starttls", tls=certified.client, **ROSA), [letter(1), letter(2)]
        )

    assert [outcome.result for outcome in outcomes] == [SENT, SENT]
    assert got.recipients == ["customer1@example.org", "customer2@example.org"]
    assert all(got.secure)
    assert got.users == ["rosa"]


def test_a_letter_leaves_over_tls_from_the_first_byte(certified: Certificate) -> None:
    with real(DOOR, tls=certified.server) as (got, port):
        backend = smtp(port, security="tls", tls=certified.client, **ROSA)
        (outcome,) = delivered(backend, [letter()])

    assert outcome.result is SENT
    assert all(got.secure)
    assert got.users == ["rosa"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_does_not_verify_stops_everything(
    certified: Certificate, security: str
) -> None:
    door = {security: certified.server}

    with real(DOOR, **door) as (got, port):
        (outcome,) = delivered(smtp(port, security=security, **ROSA), [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert "certificate does not verify" in outcome.said
    assert (got.users, got.mails) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("made", "wrong"),
    [({"host": "127.0.0.2"}, "not valid for"), ({"born": LONG_AGO, "days": 2}, "expired")],
    ids=["of another host", "expired"],
)
def test_a_trusted_certificate_must_be_this_servers_and_of_these_days(
    tmp_path: Path, security: str, made: dict[str, Any], wrong: str
) -> None:
    ours = certificate(tmp_path, **{"born": BORN, **made})

    with real(DOOR, **{security: ours.server}) as (got, port):
        backend = smtp(port, security=security, tls=ours.client, **ROSA)
        (outcome,) = delivered(backend, [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert wrong in outcome.said
    assert (got.users, got.mails) == ([], [])


def test_a_server_without_starttls_gets_neither_password_nor_letter() -> None:
    with scripted({("ehlo", 1): "250-here\n250 AUTH PLAIN LOGIN"}) as server:
        (outcome,) = delivered(smtp(server.port, security="starttls", **ROSA), [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert outcome.said == "the server offers no STARTTLS"
    assert [line.split()[0].lower() for line in server.heard] == ["ehlo"]


def test_what_was_said_in_the_clear_does_not_count_once_the_line_is_secure(
    certified: Certificate,
) -> None:
    script: Script = {
        ("ehlo", 1): "250-here\n250 STARTTLS",
        ("starttls", 1): "220 go ahead\n250-here\n250 AUTH PLAIN",
    }

    with scripted(script, certified.server) as server:
        backend = smtp(server.port, security="starttls", tls=certified.client, **ROSA)
        (outcome,) = delivered(backend, [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert outcome.said == "the server offers no login"


def test_a_server_that_takes_starttls_back_gets_no_letter() -> None:
    script: Script = {("ehlo", 1): "250-here\n250 STARTTLS", ("starttls", 1): "454 4.7.0 not now"}

    with scripted(script) as server:
        (outcome,) = delivered(smtp(server.port, security="starttls", **ROSA), [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, False)
    assert server.heard[-1].lower() == "starttls"


@pytest.mark.parametrize(
    ("offers", "wrong"),
    [
        ("250 here", "the server offers no login"),
        ("250-here\n250 AUTH GSSAPI", "no way to log in"),
    ],
)
def test_a_server_without_a_login_gets_no_letter(offers: str, wrong: str) -> None:
    with scripted({("ehlo", 1): offers}) as server:
        (outcome,) = delivered(smtp(server.port, **ROSA), [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert wrong in outcome.said
    assert server.mails == []


def test_a_wrong_password_rests_the_server_until_it_is_mended(
    certified: Certificate, shouting: pytest.LogCaptureFixture
) -> None:
    wrong = {"user": "rosa", "password": SecretStr("not it")}

    with real(DOOR, starttls=certified.server) as (got, port):
        backend = smtp(port, security="starttls", tls=certified.client, **wrong)
        (outcome,) = delivered(backend, [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert outcome.said.startswith("535")
    assert got.mails == []
    assert "not it" not in f"{shouting.text}{outcome}{backend!r}"


@pytest.mark.parametrize(
    ("answer", "lasting"), [("535 5.7.8 wrong", True), ("454 4.7.0 try later", False)]
)
def test_a_login_that_is_refused_for_now_is_tried_again(answer: str, lasting: bool) -> None:
    script: Script = {("ehlo", 1): "250-here\n250 AUTH PLAIN", ("auth", 1): answer}

    with scripted(script) as server:
        (outcome,) = delivered(smtp(server.port, **ROSA), [letter()])

    assert (outcome.result, outcome.lasting, outcome.said) == (RESTING, lasting, answer)


def test_a_server_that_repeats_the_password_is_not_quoted(
    shouting: pytest.LogCaptureFixture,
) -> None:
    coat = "AHJvc2EAb3BlbiBzZXNhbWUgNw=="
    script: Script = {
        ("ehlo", 1): "250-here\n250 AUTH PLAIN",
        ("auth", 1): f"535 5.7.8 who says {coat}?",
    }

    with scripted(script) as server:
        backend = smtp(server.port, **ROSA)
        (outcome,) = delivered(backend, [letter()])

    assert server.heard[-1] == f"AUTH PLAIN {coat}"
    assert outcome.said == "535"
    for told in (shouting.text, str(outcome), repr(backend), repr(vars(backend))):
        assert SECRET not in told
        assert coat not in told


def test_the_password_is_read_from_its_file_without_the_line_end(
    certified: Certificate, tmp_path: Path
) -> None:
    file = tmp_path / "smtp-password"
    file.write_text(f"{SECRET}\n", encoding="utf-8")

    with real(DOOR, starttls=certified.server) as (got, port):
        backend = smtp(
            port, security="starttls", tls=certified.client, user="rosa", password_file=file
        )
        (outcome,) = delivered(backend, [letter()])

    assert outcome.result is SENT
    assert len(got.mails) == 1


def test_a_password_of_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    backend = smtp(1, **ROSA, password_file=tmp_path / "none")

    assert backend.password.read() == SECRET


def test_a_password_file_that_is_missing_rests_the_server(tmp_path: Path) -> None:
    missing = tmp_path / "smtp-password"

    with scripted({("ehlo", 1): "250-here\n250 AUTH PLAIN"}) as server:
        (outcome,) = delivered(smtp(server.port, user="rosa", password_file=missing), [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert str(missing) in outcome.said
    assert "auth" not in server.times


def test_a_password_that_is_not_ascii_is_told_and_not_shown() -> None:
    with scripted({("ehlo", 1): "250-here\n250 AUTH PLAIN"}) as server:
        backend = smtp(server.port, user="rosa", password=SecretStr("schlüssel"))
        (outcome,) = delivered(backend, [letter()])

    assert (outcome.result, outcome.lasting) == (RESTING, True)
    assert "not ASCII" in outcome.said
    assert "schl" not in outcome.said


def test_a_look_at_the_server_sends_nothing(certified: Certificate) -> None:
    with real(DOOR, starttls=certified.server) as (got, port):
        line = smtp(port, security="starttls", tls=certified.client, **ROSA).check()

    assert line == f"sends through {HERE}:{port} (starttls)"
    assert (got.users, got.mails) == (["rosa"], [])


def test_a_look_at_a_server_that_refuses_us_says_what_to_check() -> None:
    with (
        scripted({("banner", 1): "554 no service"}) as server,
        pytest.raises(AppreciationError, match="554 no service") as wrong,
    ):
        smtp(server.port).check()

    assert "[delivery.smtp]" in wrong.value.mend


def test_no_address_stands_in_the_log_above_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    with scripted({("mail", 2): Fault.EOF, ("rcpt", 1): "550 5.1.1 no customer1"}) as server:
        delivered(smtp(server.port), [letter(1), letter(2)])

    assert "@" not in caplog.text
