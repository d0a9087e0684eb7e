"""An outside dead-man switch: somebody else notices when we ask no more.

We only ever ask: the request holds no data of the shop's, and the answer is
not read beyond its status.
"""

import contextlib
import http
import http.client
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Timer
from urllib.parse import urlsplit

from appreciation.errors import AppreciationError

EVERY = timedelta(minutes=5)
# For each step on the way, and for all of them: a slow answer must not keep anybody waiting.
_STEP_SECONDS = 5
_WHOLE_SECONDS = 15
_MEND = "check [ping] url in the settings"


@dataclass
class Switch:
    """The switch at ``url``, asked at most once in ``every``."""

    url: str
    every: timedelta = EVERY
    asked_at: datetime | None = None
    has_failed: bool = False

    def is_due(self, now: datetime) -> bool:
        """Return whether it is time to ask; never where no url is set."""
        return bool(self.url) and (self.asked_at is None or now >= self.asked_at + self.every)

    def press(self, now: datetime) -> str | None:
        """Ask; return a sentence where that begins to fail, or works again, else None."""
        self.asked_at = now
        failed = self.has_failed
        try:
            ask(self.url)
        except AppreciationError as error:
            self.has_failed = True
            return None if failed else f"{error}; {error.mend}"
        self.has_failed = False
        return "the ping url answers again" if failed else None


def ask(url: str, patience_seconds: float = _WHOLE_SECONDS) -> None:
    """Ask ``url`` and return once it has answered that all is well.

    Raises:
        AppreciationError: it did not; another place that it names is not followed.
    """
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    link = _link(url)
    late = Timer(patience_seconds, _cut, [link])
    late.daemon = True
    late.start()
    try:
        link.request("GET", path, headers={"User-Agent": "appreciation", "Connection": "close"})
        status = link.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise _lost(link, error) from error
    finally:
        late.cancel()
        link.close()
    if not http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES:
        raise AppreciationError(f"the ping url at {link.host} answered {status}", mend=_MEND)


def check(url: str) -> str:
    """Return a word for `doctor` once the server of ``url`` was reached, without asking it.

    Asking would tell it that the daemon is well.

    Raises:
        AppreciationError: it cannot be reached, or its certificate is not good.
    """
    link = _link(url)
    try:
        link.connect()
    except OSError as error:
        raise _lost(link, error) from error
    finally:
        link.close()
    minutes = int(EVERY.total_seconds() // 60)
    return f"the daemon asks {link.host} every {minutes} minutes while it is well"


def _link(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=_STEP_SECONDS)
    safe = ssl.create_default_context()
    return http.client.HTTPSConnection(host, parts.port, timeout=_STEP_SECONDS, context=safe)


def _cut(link: http.client.HTTPConnection) -> None:
    # Below TLS, which would say goodbye first; and the line may be gone by now.
    if link.sock is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(link.sock, socket.SHUT_RDWR)


def _lost(link: http.client.HTTPConnection, error: Exception) -> AppreciationError:
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return AppreciationError(f"the ping url at {link.host} did not answer: {told}", mend=_MEND)
