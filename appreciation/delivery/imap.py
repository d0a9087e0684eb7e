"""A folder on an IMAP server: opened read only, and nothing in it is marked as read."""

import base64
import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Any

from appreciation.delivery.mailboxes import LARGEST
from appreciation.delivery.passwords import Password, without_password
from appreciation.errors import AppreciationError

# So many mails are asked for at once: of the largest, they still fit into a small machine.
_AT_ONCE = 20
_MEND = "check [bounces]: host, port, security, user and the password"
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class ImapFolder:
    """The folder that mails come back to. A connection is never weaker than ``security``."""

    host: str
    port: int = 993
    security: str = "tls"
    user: str = ""
    password: Password = Password()  # noqa: RUF009 - frozen
    folder: str = "INBOX"
    timeout_seconds: float = 30
    tls: ssl.SSLContext | None = None

    def mails(self, since: date) -> Iterator[bytes]:
        """Yield what the server takes for mails that came back, arrived on ``since`` or later."""
        with self._selected() as (imap, _):
            found = self._asked(imap.uid("SEARCH", *_came_back_since(since)))
            ids = (found[0] or b"").split()
            for start in range(0, len(ids), _AT_ONCE):
                some = b",".join(ids[start : start + _AT_ONCE]).decode("ascii")
                parts = self._asked(imap.uid("FETCH", some, f"(BODY.PEEK[]<0.{LARGEST}>)"))
                for part in parts:
                    # A mail comes as a pair; what stands between two of them is only a bracket.
                    if isinstance(part, tuple):
                        yield part[1][:LARGEST]

    def check(self) -> str:
        """Return one line about the folder, which was opened to see it."""
        self.password.check()
        with self._selected() as (_, count):
            return f"reads {self.folder} at {self._where} ({self.security}): {count} in it"

    @property
    def _where(self) -> str:
        return f"{self.host}:{self.port}"

    @contextlib.contextmanager
    def _selected(self) -> Iterator[tuple[imaplib.IMAP4, int]]:
        """Open the folder; yield the line to the server, and how many mails are in it."""
        secret = self.password.read()
        with self._told(secret):
            imap = self._connected()
            try:
                if self.security == "starttls":
                    imap.starttls(self._tls())
                if self.user:
                    self._log_in(imap, secret)
                yield imap, self._select(imap)
                with contextlib.suppress(OSError, imaplib.IMAP4.error):
                    imap.logout()
            finally:
                # After a logout there is nothing left to close.
                with contextlib.suppress(OSError):
                    imap.shutdown()

    @contextlib.contextmanager
    def _told(self, secret: str) -> Iterator[None]:
        """Tell in two lines what the world throws; the password never stands in them."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise self._failed(
                f"its certificate does not verify: {error.verify_message}"
            ) from error
        except imaplib.IMAP4.error as error:
            said = without_password(_words(error), self.user, secret)
            raise self._failed(_CONTROL.sub(" ", str(said)).strip() or "no") from None
        except OSError as error:
            raise self._failed(f"no answer: {error.strerror or error}") from error

    def _connected(self) -> imaplib.IMAP4:
        if self.security == "none" and not _is_this_machine(self.host):
            raise AppreciationError(
                f"without TLS everybody between here and {self.host} could read along",
                mend='write security = "tls" or "starttls" under [bounces]',
            )
        try:
            if self.security == "tls":
                return imaplib.IMAP4_SSL(
                    self.host, self.port, ssl_context=self._tls(), timeout=self.timeout_seconds
                )
            return imaplib.IMAP4(self.host, self.port, timeout=self.timeout_seconds)
        except UnicodeError as error:
            raise self._failed(f"{self.host!r} can be no machine's name") from error

    def _log_in(self, imap: imaplib.IMAP4, secret: str) -> None:
        if not (self.user + secret).isascii() or not (self.user + secret).isprintable():
            raise self._failed("the user or the password has letters that are not ASCII")
        if "LOGINDISABLED" in imap.capabilities:
            raise self._failed("the server lets nobody log in over such a connection")
        imap.login(_quoted(self.user), secret)

    def _select(self, imap: imaplib.IMAP4) -> int:
        answer, said = imap.select(_quoted(_in_utf7(self.folder)), readonly=True)
        if answer != "OK":
            raise AppreciationError(
                f"the mail server {self._where} has no folder {self.folder!r} to read",
                mend='name one that it has as folder under [bounces]; "INBOX" always is',
            )
        return int(said[0] or 0)

    def _asked(self, answer: tuple[str, list[Any]]) -> list[Any]:
        word, data = answer
        if word != "OK":
            raise self._failed(f"it does not let us read {self.folder}: {word}")
        return data

    def _tls(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context()

    def _failed(self, said: str) -> AppreciationError:
        return AppreciationError(f"the mail server {self._where}: {said}", mend=_MEND)


def _came_back_since(since: date) -> list[str]:
    # strftime would name the month in the owner's language.
    day = "-".join(format_datetime(datetime.combine(since, time())).split()[1:4])
    return [
        *("SINCE", day, "OR", "OR", "FROM", '"mailer-daemon"', "FROM", '"postmaster"'),
        *("HEADER", '"Content-Type"', '"multipart/report"'),
    ]


def _words(error: imaplib.IMAP4.error) -> str:
    told = error.args[0] if error.args else ""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _in_utf7(folder: str) -> str:
    """Return a folder's name as IMAP writes it: Entwürfe is Entw&APw-rfe."""

    def coded(found: re.Match[str]) -> str:
        octets = base64.b64encode(found.group().encode("utf-16-be"), b"+,")
        return f"&{octets.decode('ascii').rstrip('=')}-"

    return _BEYOND_ASCII.sub(coded, folder.replace("&", "&-"))
