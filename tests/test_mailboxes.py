"""Mailboxes, real ones: they are read to the end, and left as they were."""

import mailbox
import os
import ssl
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from appreciation.delivery.imap import ImapFolder
from appreciation.delivery.mailboxes import LARGEST, OnThisMachine
from appreciation.delivery.passwords import Password
from appreciation.errors import AppreciationError
from tests.imap_server import HERE, ImapServer, serving
from tests.mail_server import BORN, Certificate, certificate
from tests.returned_mails import ANSWER, GMAIL, POSTFIX, QMAIL, returned

SINCE = date(2026, 11, 1)
SECRET = "open sesame 7"
MAILS = [returned(POSTFIX), returned(ANSWER), returned(QMAIL)]


def mbox(path: Path, *mails: bytes) -> Path:
    box = mailbox.mbox(path)
    for mail in mails:
        box.add(mail)
    box.close()
    return path


def maildir(path: Path, *mails: bytes) -> Path:
    box = mailbox.Maildir(path)
    for mail in mails:
        box.add(mail)
    box.close()
    return path


@pytest.mark.parametrize("kind", [mbox, maildir])
def test_every_mail_of_a_mailbox_is_read(tmp_path: Path, kind: Any) -> None:
    path = kind(tmp_path / "mail", *MAILS)
    read = list(OnThisMachine(path).mails(SINCE))

    assert sorted(mail.strip() for mail in read) == sorted(mail.strip() for mail in MAILS)
    assert OnThisMachine(path).check() == f"reads {path}: 3 in it"


def _as_it_is(path: Path) -> dict[Path, tuple[int, bytes]]:
    files = path.rglob("*") if path.is_dir() else [path]
    return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files if file.is_file()}


@pytest.mark.parametrize("kind", [mbox, maildir])
def test_reading_a_mailbox_changes_nothing_in_it(tmp_path: Path, kind: Any) -> None:
    path = kind(tmp_path / "mail", *MAILS)
    before = _as_it_is(path)
    list(OnThisMachine(path).mails(SINCE))

    assert _as_it_is(path) == before
    assert {each.name for each in tmp_path.iterdir()} == {"mail"}


@pytest.mark.parametrize("kind", [mbox, maildir])
def test_an_endless_mail_is_read_up_to_a_limit(tmp_path: Path, kind: Any) -> None:
    path = kind(tmp_path / "mail", b"Subject: x\n\n" + b"x" * 70 * (LARGEST // 60))

    assert [len(mail) for mail in OnThisMachine(path).mails(SINCE)] == [LARGEST]


def test_a_mail_that_its_owner_deletes_meanwhile_is_passed_over(tmp_path: Path) -> None:
    path = maildir(tmp_path / "mail", *MAILS)
    reading = OnThisMachine(path).mails(SINCE)
    next(reading)
    for file in (path / "new").iterdir():
        file.unlink()

    assert list(reading) == []


def test_an_empty_mailbox_has_nothing_in_it(tmp_path: Path) -> None:
    empty = tmp_path / "mail"
    empty.touch()

    assert list(OnThisMachine(empty).mails(SINCE)) == []


def _text(path: Path) -> None:
    path.write_text("Dear Rosa,\n")


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (_text, "is no mbox file"),
        (_folder, "is no Maildir"),
        (_nothing, "cannot be read: No such file or directory"),
        pytest.param(
            _pipe,
            "is no mbox file",
            marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such pipes here"),
        ),
    ],
)
def test_what_is_no_mailbox_is_told(tmp_path: Path, make: Any, wrong: str) -> None:
    make(tmp_path / "mail")
    box = OnThisMachine(tmp_path / "mail")

    for look in (lambda: list(box.mails(SINCE)), box.check):
        with pytest.raises(AppreciationError, match=wrong) as told:
            look()
        assert "Maildir" in told.value.mend or "cur" in told.value.mend


# On a server.


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), BORN)


ARRIVED = [(date(2026, 11, 21), mail) for mail in MAILS]


def folder(server: ImapServer, **settings: Any) -> ImapFolder:
    given = {
        "security": "none",
        "user": "rosa",
        "password": Password(SecretStr(SECRET)),
        "timeout_seconds": 1,
        **settings,
    }
    return ImapFolder(host=HERE, port=server.port, **given)


def line_ends(mail: bytes) -> bytes:
    return mail.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_server_s_folder_is_read_over_the_line_that_is_set(
    certified: Certificate, security: str
) -> None:
    doors: dict[str, Any] = {} if security == "none" else {security: certified.server}
    with serving(ImapServer(ARRIVED, **doors)) as server:
        box = folder(server, security=security, tls=certified.client)
        read = list(box.mails(SINCE))
        told = box.check()

    assert read == [line_ends(MAILS[0]), line_ends(MAILS[2])]
    assert told == f"reads INBOX at {HERE}:{server.port} ({security}): 3 in it"
    allowed = {"CAPABILITY", "STARTTLS", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert set(server.commands) <= allowed


def test_only_what_arrived_lately_is_asked_for() -> None:
    mails = [
        (date(2026, 10, 31), returned(POSTFIX)),
        (date(2026, 11, 1), returned(QMAIL)),
        (date(2026, 11, 2), returned(GMAIL)),
    ]
    with serving(ImapServer(mails)) as server:
        read = list(folder(server).mails(SINCE))

    assert read == [line_ends(mail) for _, mail in mails[1:]]


def test_many_mails_are_fetched_few_at_a_time_and_each_only_in_part() -> None:
    long = returned(POSTFIX) + b"x" * LARGEST
    with serving(ImapServer([(SINCE, long)] * 50)) as server:
        read = list(folder(server, timeout_seconds=10).mails(SINCE))

    assert [len(mail) for mail in read] == [LARGEST] * 50
    assert sum("FETCH" in line for line in server.heard) == 3


def test_a_folder_s_name_may_have_blanks_and_accents() -> None:
    with serving(ImapServer(ARRIVED, folder="Zur&APw-ckgekommen &- so")) as server:
        assert "3 in it" in folder(server, folder="Zurückgekommen & so").check()


def refused(box: ImapFolder) -> AppreciationError:
    with pytest.raises(AppreciationError) as told:
        list(box.mails(SINCE))
    assert SECRET not in f"{told.value} {told.value.mend} {told.value.__cause__}"
    assert told.value.mend
    return told.value


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_does_not_verify_gets_no_password(
    certified: Certificate, security: str
) -> None:
    doors: dict[str, Any] = {security: certified.server}
    with serving(ImapServer(ARRIVED, **doors)) as server:
        wrong = refused(folder(server, security=security))

    assert "its certificate does not verify" in str(wrong)
    assert "LOGIN" not in server.commands


def test_a_server_without_starttls_gets_no_password() -> None:
    with serving(ImapServer(ARRIVED)) as server:
        refused(folder(server, security="starttls"))

    assert server.commands == ["CAPABILITY"]


def test_a_server_that_lets_everybody_in_before_the_line_is_secure_is_left(
    certified: Certificate,
) -> None:
    door = ImapServer(ARRIVED, greeting="* PREAUTH here", starttls=certified.server)
    with serving(door) as server:
        refused(folder(server, security="starttls", tls=certified.client))

    assert "EXAMINE" not in server.commands


def test_an_open_line_to_another_machine_is_refused() -> None:
    box = ImapFolder(host="imap.example.org", security="none", user="rosa")

    assert "could read along" in str(refused(box))


def test_a_wrong_password_is_told_and_not_shown() -> None:
    with serving(ImapServer(ARRIVED, door=("rosa", "another"))) as server:
        wrong = refused(folder(server))

    assert "AUTHENTICATIONFAILED" in str(wrong)
    assert "[bounces]" in wrong.mend


def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    answers = {"LOGIN": f"{{tag}} NO {SECRET} is wrong"}
    with serving(ImapServer(ARRIVED, answers=answers)) as server:
        refused(folder(server))


def test_a_folder_that_is_not_there_is_named() -> None:
    with serving(ImapServer(ARRIVED)) as server:
        wrong = refused(folder(server, folder="Bounces"))

    assert "has no folder 'Bounces'" in str(wrong)


@pytest.mark.parametrize("stage", ["LOGIN", "EXAMINE", "UID"])
@pytest.mark.parametrize("answer", ["", "cut", "{tag} NO not now", "{tag} BAD what", "nonsense"])
def test_a_server_in_trouble_is_told_wherever_it_is(stage: str, answer: str) -> None:
    with serving(ImapServer(ARRIVED, answers={stage: answer})) as server:
        refused(folder(server, timeout_seconds=0.2))


def test_a_server_that_is_not_there_is_told() -> None:
    with serving(ImapServer()) as server:
        gone = folder(server)
    wrong = refused(gone)

    assert "no answer" in str(wrong)


def test_a_password_that_everybody_can_read_is_found_by_the_check(tmp_path: Path) -> None:
    file = tmp_path / "imap-password"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o644)
    with serving(ImapServer(ARRIVED)) as server:
        box = folder(server, password=Password(file=file))
        with pytest.raises(AppreciationError, match="everybody on this machine"):
            box.check()
        file.chmod(0o600)
        assert "3 in it" in box.check()


def test_what_is_no_name_and_no_password_is_told(certified: Certificate) -> None:
    assert isinstance(certified.client, ssl.SSLContext)
    with serving(ImapServer(ARRIVED)) as server:
        refused(folder(server, password=Password(SecretStr("schlüssel"))))
        refused(folder(server, user="rosa\r\nA1 DELETE INBOX"))
    refused(ImapFolder(host="a" * 70 + ".example", timeout_seconds=1))

    assert "LOGIN" not in server.commands
