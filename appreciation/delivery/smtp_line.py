"""One connection to a mail server: opened when it is needed, secured, logged in, kept."""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appreciation.delivery.base import Outcome, Result
from appreciation.delivery.passwords import without_password
from appreciation.delivery.smtp_client import Plain, Secure
from appreciation.delivery.smtp_replies import CLOSING, meaning, shown
from appreciation.errors import AppreciationError

_OK = 250
_LINE_STARTS_WITH_DOT = re.compile(rb"(?m)^\.")
_GOODBYE_SECONDS = 5
# A body may take so many times as long to leave as a word; with the answer, less than its lease.
_BODY_TIMES = 4
_SIZE = re.compile(r"[0-9]{1,18}")
# Whatever smtplib raises is an OSError, and so is what the network does.
_BROKEN = OSError


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails go, and what it takes to be let in.

    ``timeout_seconds`` is how long each word and each answer may take as a
    whole, ``answer_seconds`` how long the server may think about a mail.
    """

    host: str
    port: int
    security: str
    user: str
    secret: Callable[[], str]
    timeout_seconds: float
    answer_seconds: float
    tls: ssl.SSLContext | None


class Refused(Exception):
    """The server said no, or nothing, at a stage where nothing has left yet.

    ``lost_at`` is the stage at which the line went, empty while it stands.
    """

    def __init__(self, outcome: Outcome, *, lost_at: str = "") -> None:
        super().__init__(outcome.said)
        self.outcome = outcome
        self.lost_at = lost_at


@dataclass(slots=True)
class Line:
    """A kept connection; closed, it opens again when asked."""

    server: Server
    smtp: Plain | None = None

    @property
    def is_open(self) -> bool:
        """Whether a letter can be handed over without connecting first."""
        return self.smtp is not None

    def open(self) -> None:
        """Connect, secure the line and log in, unless that is done already.

        Raises:
            Refused: nobody can be written to just now.
        """
        if self.smtp is not None:
            return
        try:
            self.smtp = self._connected()
            if self.server.security == "starttls":
                self._secure(self.smtp)
            self._log_in(self.smtp)
        except AppreciationError as error:
            self._give_up(str(error), lasting=True)
        except ssl.SSLCertVerificationError as error:
            self._give_up(f"its certificate does not verify: {error.verify_message}", lasting=True)
        except smtplib.SMTPResponseException as error:
            self._give_up(shown(error.smtp_code, error.smtp_error))
        except OSError as error:
            self._give_up(f"no answer: {getattr(error, 'strerror', None) or error}")

    def offers(self, *extensions: str) -> bool:
        """Return whether the server, as it said on opening, knows each of ``extensions``."""
        assert self.smtp is not None
        return all(self.smtp.has_extn(extension) for extension in extensions)

    @property
    def largest(self) -> int:
        """How many bytes a mail may have here; 0 where the server names no limit."""
        assert self.smtp is not None
        said = self.smtp.esmtp_features.get("size", "")
        return int(said) if _SIZE.fullmatch(said) else 0

    def say(self, stage: str, words: str, *welcome: int) -> None:
        """Send one command; return where the answer is ``welcome``.

        Raises:
            Refused: it is another one, or none; what it means for the letter.
        """
        assert self.smtp is not None
        try:
            code, said = self.smtp.docmd(words)
        except _BROKEN as error:
            self.drop()
            broke = Outcome(Result.RETRY, f"the line broke at {stage}: {error}")
            raise Refused(broke, lost_at=stage) from error
        if code in welcome:
            return
        outcome = meaning(stage, code, shown(code, said))
        if code == CLOSING or code < 0:
            self.drop()
            raise Refused(outcome, lost_at=stage)
        self._reset()
        raise Refused(outcome)

    def hand_over(self, message: bytes) -> Outcome:
        """Send the body and its final dot, and tell what the answer means."""
        assert self.smtp is not None
        ended = message if message.endswith(b"\r\n") else message + b"\r\n"
        try:
            self.smtp.timeout = self.server.timeout_seconds * _BODY_TIMES
            self.smtp.send(_LINE_STARTS_WITH_DOT.sub(b"..", ended) + b".\r\n")
        except _BROKEN as error:
            self.drop()
            return Outcome(Result.RETRY, f"the line broke within the body: {error}")
        try:
            self.smtp.timeout = self.server.answer_seconds
            code, said = self.smtp.getreply()
            self.smtp.timeout = self.server.timeout_seconds
        except _BROKEN as error:
            self.drop()
            return Outcome(
                Result.IN_DOUBT, f"no answer came after the whole note had left: {error}"
            )
        if code == _OK:
            return Outcome(Result.SENT, shown(code, said))
        outcome = meaning("dot", code, shown(code, said))
        if code == CLOSING or outcome.result is Result.IN_DOUBT:
            self.drop()
        return outcome

    def hang_up(self) -> None:
        """Say goodbye. What the server makes of it undoes nothing."""
        if self.smtp is not None:
            with contextlib.suppress(OSError):
                self.smtp.timeout = min(_GOODBYE_SECONDS, self.server.timeout_seconds)
                self.smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Close the line without a word."""
        if self.smtp is not None:
            with contextlib.suppress(OSError):
                self.smtp.close()
        self.smtp = None

    def _connected(self) -> Plain:
        server = self.server
        if not server.host:
            raise AppreciationError("no mail server is set: [delivery.smtp] host is empty")
        # Asking the network for our own full name can take many seconds.
        name = socket.gethostname()
        options: dict[str, Any] = {
            "timeout": server.timeout_seconds,
            "local_hostname": name if name and name.isascii() else "localhost",
        }
        try:
            if server.security == "tls":
                return Secure(server.host, server.port, context=self._tls(), **options)
            return Plain(server.host, server.port, **options)
        except UnicodeError as error:
            raise AppreciationError(f"{server.host!r} can be no machine's name") from error

    def _secure(self, smtp: Plain) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("starttls"):
            raise AppreciationError("the server offers no STARTTLS")
        smtp.starttls(context=self._tls())

    def _log_in(self, smtp: Plain) -> None:
        smtp.ehlo_or_helo_if_needed()
        user = self.server.user
        if not user:
            return
        if not smtp.has_extn("auth"):
            raise AppreciationError("the server offers no login")
        secret = self.server.secret()
        if not (user + secret).isascii():
            raise AppreciationError("the user or the password has letters that are not ASCII")
        try:
            smtp.login(user, secret)
        except smtplib.SMTPResponseException as error:
            said = shown(error.smtp_code, without_password(error.smtp_error, user, secret))
            self._give_up(said, lasting=error.smtp_code >= 500)  # noqa: PLR2004 - SMTP's classes
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise AppreciationError("the server offers no way to log in that we know") from error

    def _tls(self) -> ssl.SSLContext:
        return self.server.tls or ssl.create_default_context()

    def _give_up(self, said: str, *, lasting: bool = False) -> None:
        self.drop()
        raise Refused(Outcome(Result.RESTING, said, lasting=lasting), lost_at="connect")

    def _reset(self) -> None:
        assert self.smtp is not None
        try:
            self.smtp.rset()
        except OSError:
            self.drop()
