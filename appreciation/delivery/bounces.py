"""What a mail that came back says: which of ours it is about, whether for good, and whose fault.

Anybody can write such a mail, so nothing in it is believed but the Message-ID
of a note, which holds a random token that only its recipient has seen.
"""

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr

from appreciation.delivery.mail import OUR_MESSAGE_ID

# It tells each mail that it cannot read with a traceback, which holds customers' addresses.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

_LONGEST_SAID = 200
_LONGEST_ID = 300
# Further on it is the returned mail, or nothing that a person would read.
_NOTICE_CHARACTERS = 20_000

_MAIL_SYSTEMS = {"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", ""}
_BAD_ADDRESS = {"5.2.1", "5.4.1", "5.4.4"}
# These three are about the sender's address, or about a machine under way.
_NOT_THEIR_ADDRESS = {"5.1.7", "5.1.8", "5.1.9"}

_CONTROL_OR_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
# Not a part of 45.1.2.3, which is a machine.
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
# No pattern here may look far: strangers would write the line that keeps it looking for ever.
_REPLY = re.compile(r"(?<![\d.])[45]\d\d[ -](?=.{0,200}[a-z])", re.IGNORECASE)
_NAMES_A_MESSAGE = re.compile(
    rf"^[> \t]{{0,20}}(?:x-)?(?:original-)?message-id:\s{{0,20}}({OUR_MESSAGE_ID})",
    re.IGNORECASE | re.MULTILINE,
)
# Where the notice ends and the returned mail begins.
_RETURNED = re.compile(
    r"^(?:return-path:|received:|message-id:|--.{0,200}\b(?:copy|original|returned)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESSED = re.compile(r"^[ \t]*<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?:?[ \t]*$", re.MULTILINE)
# Without a telling status these words say that we, our words or the room are to blame.
_OTHER_FAULT = re.compile(
    r"spam|block|black|polic|reputation|listed|virus|content|dkim|spf|dmarc|authenti|relay"
    r"|quota|full|exceed|too (?:big|large|long|many)|size|limit|space|rate|try again|temporar",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that came back, or is only late.

    ``mail_id`` is the same whenever this mail is read. ``message_id`` is the
    note's, empty where it is about no note of anybody's. ``lasting`` says that
    nobody tries any more. ``bad_address`` says that the address is to blame,
    not we, our words, or a full mailbox. ``said`` are the other side's words.
    """

    mail_id: str
    message_id: str
    status: str | None
    lasting: bool
    said: str
    bad_address: bool


def read(mail: bytes) -> Returned | None:
    """Return what ``mail`` says, or None where it tells of no failure and no delay."""
    try:
        return _read(mail)
    except Exception:  # noqa: BLE001 - strangers write these, and a parser has always one more bug
        return None


def _read(mail: bytes) -> Returned | None:
    message = message_from_bytes(mail)
    parts = list(_parts(message))
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if reports:
        told = _reported(reports)
    elif _is_another_report(message) or not _is_from_a_mail_system(message):
        # A person's answer, or their out-of-office: whatever it quotes, it came back from nobody.
        return None
    else:
        told = _guessed(message, parts)
    if told is None:
        return None
    lasting, status, said = told
    return Returned(
        mail_id=_mail_id(message, mail),
        message_id=_about(parts),
        status=status,
        lasting=lasting,
        said=said or status or "no reason was given",
        bad_address=lasting and _blames_the_address(status, said),
    )


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts of ``message``, not those of the mails within it."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        assert isinstance(part, Message)
        yield from _parts(part)


def _is_another_report(message: Message) -> bool:
    """Return whether it says in a report that it was read, or that somebody complains."""
    kind = str(message.get_param("report-type") or "delivery-status")
    return kind.casefold() != "delivery-status"


def _is_from_a_mail_system(message: Message) -> bool:
    local = parseaddr(_header(message, "from"))[1].rpartition("@")[0].casefold()
    return local in _MAIL_SYSTEMS or local.startswith("microsoftexchange")


Told = tuple[bool, str | None, str]


def _reported(reports: Sequence[Message]) -> Told | None:
    """Return what the report for machines says: lasting or not, the status, the words."""
    blocks = [
        block
        for report in reports
        if report.is_multipart()
        for block in report.get_payload()
        if isinstance(block, Message)
    ]
    for lasting, actions, kind in ((True, ("fail", "error"), "5"), (False, ("delay",), "4")):
        for block in blocks:
            action = _header(block, "action").casefold()
            status = _STATUS.search(_header(block, "status"))
            if action.startswith(actions) or (
                not action and status and status.group().startswith(kind)
            ):
                said = _header(block, "diagnostic-code")
                return lasting, _telling(status and status.group(), said), _words(said)
    return None


def _guessed(message: Message, parts: Sequence[Message]) -> Told | None:
    """Return what a notice for people says, in the many ways that mail programs have."""
    # Few commands read mails, and to load its many readers takes a while.
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(message)
    if not temporary and not permanent:
        return None
    said = _reason("\n".join(_text(part) for part in parts))
    return bool(permanent), _telling(None, said), _words(said)


def _reason(text: str) -> str:
    """Return the line of a notice that says why."""
    start = text[:_NOTICE_CHARACTERS]
    end = _RETURNED.search(start)
    notice = start[: end.start()] if end else start
    lines = notice.splitlines()
    for line in lines:
        if _REPLY.search(line):
            return line[_first(_REPLY, line) :]
    for line in lines:
        if _STATUS.search(line):
            return line
    addressed = _ADDRESSED.search(notice)
    rest = notice[addressed.end() :].split("\n") if addressed else []
    return next((line for line in rest if line.strip()), "")


def _first(pattern: re.Pattern[str], line: str) -> int:
    found = pattern.search(line)
    return found.start() if found else 0


def _telling(status: str | None, said: str) -> str | None:
    """Return ``status``, or the one in the server's words where it is none, or says nothing."""
    if status is None or status.endswith(".0.0"):
        found = _STATUS.search(said)
        return found.group() if found else status
    return status


def _blames_the_address(status: str | None, said: str) -> bool:
    if status is None or status == "5.0.0":
        return not _OTHER_FAULT.search(said)
    return status in _BAD_ADDRESS or (
        status.startswith("5.1.") and status not in _NOT_THEIR_ADDRESS
    )


def _about(parts: Sequence[Message]) -> str:
    """Return the Message-ID of the note that came back; empty where it was another mail.

    What merely refers to a note is another mail: the owner's own answer to a
    customer's thanks, say.
    """
    returned = [_header(head, "message-id") for head in _returned(parts)]
    for named in filter(None, returned):
        ours = re.search(OUR_MESSAGE_ID, named)
        return ours.group() if ours else ""
    for part in parts:
        found = _NAMES_A_MESSAGE.search(_text(part))
        if found:
            return found.group(1)
    return ""


def _returned(parts: Sequence[Message]) -> Iterator[Message]:
    """Yield the head of each mail that is returned in a part of its own."""
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global"):
            yield from (each for each in part.get_payload() if isinstance(each, Message))
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            yield message_from_string(_text(part))


def _text(part: Message) -> str:
    if part.is_multipart():
        inner = (each for each in part.get_payload() if isinstance(each, Message))
        return "\n".join(f"{each}" for each in inner)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8", "replace").replace("\r\n", "\n")


def _header(message: Message, name: str) -> str:
    said = str(message.get(name, "")).encode("utf-8", "replace").decode("utf-8")
    return _CONTROL_OR_BLANK.sub(" ", said).strip()


def _mail_id(message: Message, mail: bytes) -> str:
    """Return what this mail is known by, whichever line ends its mailbox uses."""
    own = _header(message, "message-id")
    if own:
        return own[:_LONGEST_ID]
    return hashlib.sha256(mail.replace(b"\r\n", b"\n").strip()).hexdigest()


def _words(said: str) -> str:
    """Return a server's words as one short line that a terminal can show."""
    spoken = re.sub(r"^\s*(?:smtp|x-[\w-]+)\s*;", "", said, flags=re.IGNORECASE)
    line = _CONTROL_OR_BLANK.sub(" ", spoken).strip()
    # What no letter stands for, or turns the line round, is not shown either.
    line = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line)
    return line if len(line) <= _LONGEST_SAID else line[: _LONGEST_SAID - 1] + "…"
