"""The owner's own mail server.

The stages of a mail are driven here one by one, because what an answer means
depends on the stage and on the reply, never on the exception: a line that
breaks before the body is worth another try, one that breaks after the final
dot leaves everybody in doubt.
"""

import logging
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from appreciation.delivery.base import NOT_BEGUN, Begin, Letter, Outcome, Result, Sender
from appreciation.delivery.mail import mail, wire_address
from appreciation.delivery.passwords import Password
from appreciation.delivery.smtp_line import Line, Refused, Server
from appreciation.errors import AppreciationError

log = logging.getLogger(__name__)


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
        timeout_seconds: float = 60,
        # The server may think about a whole mail for as long as RFC 5321 gives it.
        answer_seconds: float = 600,
        tls: ssl.SSLContext | None = None,
        **_: Any,
    ) -> None:
        self.sender = sender
        self.password = Password(password, password_file)
        self.connections = connections
        self.server = Server(
            host=host,
            port=port,
            security=security,
            user=user,
            secret=self.password.read,
            timeout_seconds=timeout_seconds,
            answer_seconds=answer_seconds,
            tls=tls,
        )

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        line = Line(self.server)
        try:
            for letter in letters:
                outcome = self._delivered(letter, begin, line)
                yield letter, outcome
                if outcome.result is Result.RESTING:
                    return
        finally:
            line.hang_up()

    def check(self) -> str:
        self.password.check()
        line, where = Line(self.server), f"{self.server.host}:{self.server.port}"
        try:
            line.open()
        except Refused as refused:
            raise AppreciationError(
                f"the mail server {where} does not take us: {refused.outcome.said}",
                mend="check [delivery.smtp]: host, port, security, user and the password",
            ) from refused
        finally:
            line.hang_up()
        return f"sends through {where} ({self.server.security})"

    def _delivered(self, letter: Letter, begin: Begin, line: Line) -> Outcome:
        try:
            recipient = wire_address(letter.recipient)
            message = mail(letter, self.sender)
        except ValueError as error:
            return Outcome(Result.FAILED, str(error))
        kept = line.is_open
        try:
            return self._handed_over(letter, recipient, message, begin, line)
        except Refused as refused:
            if not kept or refused.lost_at != "mail":
                return refused.outcome
        # The server hung up while we had nothing to say: nobody's attempt.
        log.debug("the kept connection was gone; connecting again")
        try:
            return self._handed_over(letter, recipient, message, begin, line)
        except Refused as refused:
            return refused.outcome

    def _handed_over(
        self, letter: Letter, recipient: str, message: bytes, begin: Begin, line: Line
    ) -> Outcome:
        line.open()
        how = "" if recipient.isascii() else " SMTPUTF8 BODY=8BITMIME"
        if how and not line.offers("smtputf8", "8bitmime"):
            wrong = "has letters before the @ that this mail server cannot carry (no SMTPUTF8)"
            return Outcome(Result.FAILED, f"{recipient!r} {wrong}")
        if 0 < line.largest < len(message):
            size = f"the mail has {len(message):,} bytes, this mail server takes {line.largest:,}"
            return Outcome(Result.FAILED, size)
        line.say("mail", f"mail FROM:<{wire_address(self.sender.email)}>{how}", 250)
        line.say("rcpt", f"rcpt TO:<{recipient}>", 250, 251)
        line.say("data", "data", 354)
        begun = False
        try:
            begun = begin(letter)
        finally:
            if not begun:
                # The server waits for a body: only silence takes the command back.
                line.drop()
        if not begun:
            return NOT_BEGUN
        return line.hand_over(message)
