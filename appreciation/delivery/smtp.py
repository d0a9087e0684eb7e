"""The owner's own mail server.

The stages of a mail are driven here one by one, because what an answer means
depends on the stage and on the reply, never on the exception: a line that
breaks before the body is worth another try, one that breaks after the final
dot leaves everybody in doubt.
"""

import contextlib
import logging
import re
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from appreciation.delivery.base import Begin, Letter, Outcome, Result, Sender
from appreciation.delivery.mail import ascii_address, mail
from appreciation.errors import AppreciationError

log = logging.getLogger(__name__)

_OK, _GO_AHEAD, _CLOSING = 250, 354, 421
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_LINE_STARTS_WITH_DOT = re.compile(rb"(?m)^\.")
# The server may think about a body for as long as the lease of one under way allows.
_AFTER_THE_DOT_SECONDS = 600
_GOODBYE_SECONDS = 5
_BROKEN = (smtplib.SMTPServerDisconnected, OSError)


class Smtp:
    """Delivers each letter over a kept connection."""

    channel: Literal["email", "post"] = "email"
    in_batches = False
    repeatable = False

    def __init__(
        self,
        sender: Sender,
        *,
        host: str,
        port: int = 587,
        security: str = "starttls",
        user: str = "",
        password: SecretStr = SecretStr(""),  # noqa: B008 - frozen
        password_file: Path | None = None,
        connections: int = 2,
        timeout_seconds: int = 60,
        tls: ssl.SSLContext | None = None,
        **_: Any,
    ) -> None:
        self.sender = sender
        self.host, self.port, self.security = host, port, security
        self.user, self.password, self.password_file = user, password, password_file
        self.connections = connections
        self.timeout_seconds = timeout_seconds
        self.tls = tls

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        line = _Line(self)
        try:
            for letter in letters:
                outcome = self._delivered(letter, begin, line)
                yield letter, outcome
                if outcome.result is Result.RESTING:
                    return
        finally:
            line.hang_up()

    def check(self) -> str:
        line = _Line(self)
        try:
            line.open()
        except _Refused as refused:
            raise AppreciationError(
                f"the mail server {self.host}:{self.port} does not take us: {refused.outcome.said}",
                mend="check [delivery.smtp]: host, port, security, user and the password",
            ) from refused
        finally:
            line.hang_up()
        return f"sends through {self.host}:{self.port} ({self.security})"

    def secret(self) -> str:
        """Return the password, from the environment or from its file.

        Raises:
            AppreciationError: the file cannot be read.
        """
        if self.password_file is None or self.password.get_secret_value():
            return self.password.get_secret_value()
        try:
            return self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise AppreciationError(
                f"the password file {self.password_file} cannot be read",
                mend="write the password into it, and nothing else",
            ) from error

    def _delivered(self, letter: Letter, begin: Begin, line: "_Line") -> Outcome:
        try:
            recipient = ascii_address(letter.recipient)
            message = mail(letter, self.sender)
        except ValueError as error:
            return Outcome(Result.FAILED, str(error))
        kept = line.is_open
        try:
            return self._handed_over(letter, recipient, message, begin, line)
        except _Stale:
            # The server hung up while we had nothing to say: nobody's attempt.
            log.debug("the kept connection was gone; connecting again")
        except _Refused as refused:
            return refused.outcome
        assert kept, "a fresh connection is never stale"
        try:
            return self._handed_over(letter, recipient, message, begin, line)
        except _Refused as refused:
            return refused.outcome

    def _handed_over(
        self, letter: Letter, recipient: str, message: bytes, begin: Begin, line: "_Line"
    ) -> Outcome:
        fresh = not line.is_open
        line.open()
        try:
            line.say("mail", f"mail FROM:<{ascii_address(self.sender.email)}>", _OK)
        except _Refused as refused:
            if not fresh and refused.hung_up:
                raise _Stale from refused
            raise
        line.say("rcpt", f"rcpt TO:<{recipient}>", _OK, 251)
        line.say("data", "data", _GO_AHEAD)
        if not begin(letter):
            line.drop()
            return Outcome(Result.RETRY, "another process has this note")
        return line.hand_over(message)


class _Refused(Exception):
    """The server said no, or nothing, at a stage where nothing has left yet."""

    def __init__(self, outcome: Outcome, *, hung_up: bool = False) -> None:
        super().__init__(outcome.said)
        self.outcome = outcome
        self.hung_up = hung_up


class _Stale(Exception):
    """A kept connection turned out to be closed before anything was said on it."""


@dataclass(slots=True)
class _Line:
    """One connection to the server, opened when it is needed and kept."""

    backend: Smtp
    smtp: smtplib.SMTP | None = None

    @property
    def is_open(self) -> bool:
        return self.smtp is not None

    def open(self) -> None:
        """Connect, secure the line and log in, unless that is done already."""
        if self.smtp is not None:
            return
        try:
            self.smtp = self._connected()
            self._log_in(self.smtp)
        except smtplib.SMTPNotSupportedError as error:
            self._give_up(f"the server offers no {_asked(self.backend)}: {error}", lasting=True)
        except ssl.SSLCertVerificationError as error:
            self._give_up(f"its certificate does not verify: {error.verify_message}", lasting=True)
        except AppreciationError as error:
            self._give_up(str(error), lasting=True)
        except smtplib.SMTPAuthenticationError as error:
            self._give_up(_shown(error.smtp_code, error.smtp_error), lasting=True)
        except smtplib.SMTPResponseException as error:
            self._give_up(_shown(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            self._give_up(f"no answer: {error}")

    def say(self, stage: str, words: str, *welcome: int) -> None:
        """Send one command; return where the answer is ``welcome``."""
        assert self.smtp is not None
        try:
            code, said = self.smtp.docmd(words)
        except _BROKEN as error:
            self.drop()
            raise _Refused(
                Outcome(Result.RETRY, f"the line broke at {stage}: {error}"), hung_up=True
            ) from error
        if code in welcome:
            return
        outcome = meaning(stage, code, _shown(code, said))
        if code == _CLOSING or code < 0:
            self.drop()
        elif outcome.result is not Result.RESTING:
            self._reset()
        raise _Refused(outcome, hung_up=code in (_CLOSING, -1))

    def hand_over(self, message: bytes) -> Outcome:
        """Send the body and its final dot, and tell what the answer means."""
        assert self.smtp is not None
        assert self.smtp.sock is not None
        ended = message if message.endswith(b"\r\n") else message + b"\r\n"
        try:
            self.smtp.send(_LINE_STARTS_WITH_DOT.sub(b"..", ended) + b".\r\n")
        except _BROKEN as error:
            self.drop()
            return Outcome(Result.RETRY, f"the line broke within the body: {error}")
        self.smtp.sock.settimeout(_AFTER_THE_DOT_SECONDS)
        try:
            code, said = self._last_reply()
        except _BROKEN as error:
            self.drop()
            return Outcome(
                Result.IN_DOUBT, f"no answer came after the whole note had left: {error}"
            )
        self.smtp.sock.settimeout(self.backend.timeout_seconds)
        if code == _CLOSING:
            self.drop()
        if code == _OK:
            return Outcome(Result.SENT, _shown(code, said))
        return meaning("dot", code, _shown(code, said))

    def hang_up(self) -> None:
        """Say goodbye. What the server makes of it undoes nothing."""
        if self.smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self.smtp.sock is not None:
                    self.smtp.sock.settimeout(_GOODBYE_SECONDS)
                self.smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Close the line without a word."""
        if self.smtp is not None:
            with contextlib.suppress(OSError):
                self.smtp.close()
        self.smtp = None

    def _connected(self) -> smtplib.SMTP:
        backend = self.backend
        if not backend.host:
            raise AppreciationError("no mail server is set: [delivery.smtp] host is empty")
        # Asking the network for our own full name can take many seconds.
        options: dict[str, Any] = {
            "timeout": backend.timeout_seconds,
            "local_hostname": socket.gethostname() or "localhost",
        }
        context = backend.tls or ssl.create_default_context()
        if backend.security == "tls":
            return smtplib.SMTP_SSL(backend.host, backend.port, context=context, **options)
        smtp = smtplib.SMTP(backend.host, backend.port, **options)
        self.smtp = smtp
        if backend.security == "starttls":
            code, said = smtp.starttls(context=context)
            if code != 220:  # noqa: PLR2004 - "ready to start TLS", RFC 3207
                raise AppreciationError(f"STARTTLS was refused: {_shown(code, said)}")
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self.backend.user:
            smtp.login(self.backend.user, self.backend.secret())
        else:
            smtp.ehlo_or_helo_if_needed()

    def _give_up(self, said: str, *, lasting: bool = False) -> None:
        self.drop()
        raise _Refused(Outcome(Result.RESTING, said, lasting=lasting), hung_up=True)

    def _reset(self) -> None:
        assert self.smtp is not None
        try:
            self.smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()

    def _last_reply(self) -> tuple[int, bytes]:
        """Read the answer to the body; a line that was cut off is no answer.

        The standard library takes ``250 o`` and a closed line for success.
        """
        assert self.smtp is not None
        file = self.smtp.file
        assert file is not None
        said = []
        while True:
            line = file.readline(8192)
            if not line.endswith(b"\n"):
                raise smtplib.SMTPServerDisconnected("the answer was cut off")
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                break
        code = int(line[:3]) if line[:3].isdigit() else -1
        return code, b" ".join(said)


def meaning(stage: str, code: int, said: str) -> Outcome:
    """Return what an unwelcome answer at ``stage`` means for the letter.

    Stages are mail, rcpt, data and dot. 4xx is worth another try and 5xx is
    not, but: a full mailbox empties; what the server has against *us* (5.7.x,
    no login, a refused sender) rests the backend, since each letter would
    fare the same.
    """
    enhanced = next(iter(_ENHANCED.findall(said)), "")
    if code < 500 or (code == 552 and enhanced == "5.2.2"):  # noqa: PLR2004 - SMTP's classes
        return Outcome(Result.RETRY, said)
    too_big = code == 552 or enhanced == "5.3.4"  # noqa: PLR2004
    if enhanced.startswith("5.7.") or code in (530, 535) or (stage == "mail" and not too_big):
        return Outcome(Result.RESTING, said, lasting=True)
    unknown = stage == "rcpt" and enhanced.startswith("5.1.")
    return Outcome(Result.FAILED, said, bad_address=unknown)


def _shown(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(words.split())}"


def _asked(backend: Smtp) -> str:
    return "STARTTLS" if backend.security == "starttls" else "login"
