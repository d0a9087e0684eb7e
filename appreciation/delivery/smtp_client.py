"""The standard library's SMTP client, with time limits that hold.

Its own limit is for each byte: a server that sends one now and then, or lines
without end, would hold a letter for ever.
"""

import re
import smtplib
import socket
from time import monotonic
from typing import Any

# Servers say a few lines; what is longer is no answer.
_LONGEST_REPLY = 65_536
_LINE = re.compile(rb"(\d{3})(?:([ -])(.*))?")


class Plain(smtplib.SMTP):
    """Says all and hears all within ``timeout`` seconds, each time."""

    timeout: float

    def send(self, s: Any) -> None:
        """Say all of ``s``, a text in UTF-8; where this raises, the end of it never left.

        Raises:
            OSError: the line broke, or the other side reads too slowly.
        """
        words = memoryview(s.encode() if isinstance(s, str) else s)
        ends_at = monotonic() + self.timeout
        try:
            while words:
                sock = self._sock_for(ends_at)
                words = words[sock.send(words) :]
        except OSError:
            self.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """Return a whole answer: its code, -1 where nobody understands it, and its words.

        The standard library takes ``250 o`` and a closed line for success.

        Raises:
            OSError: the line broke, or no whole answer came in time.
        """
        ends_at = monotonic() + self.timeout
        codes, said, size = set(), [], 0
        try:
            while True:
                line = self._line(ends_at, _LONGEST_REPLY - size)
                size += len(line)
                found = _LINE.fullmatch(line.strip())
                if found is None:
                    return -1, line.strip()
                codes.add(found[1])
                said.append((found[3] or b"").strip())
                if found[2] != b"-":
                    break
        except OSError:
            self.close()
            raise
        # What follows without a word of ours, a handshake, has its own time.
        self._sock_for(monotonic() + self.timeout)
        return int(codes.pop()) if len(codes) == 1 else -1, b"\n".join(said)

    def _line(self, ends_at: float, longest: int) -> bytes:
        # The library drops its file where STARTTLS begins: nothing said in the clear counts then.
        if self.file is None:
            self.file = _Heard()
        heard: _Heard = self.file
        while b"\n" not in heard.rest:
            got = self._sock_for(ends_at).recv(4096)
            if not got:
                raise smtplib.SMTPServerDisconnected("the line was closed")
            heard.rest += got
            if len(heard.rest) > longest:
                raise smtplib.SMTPServerDisconnected("the answer has no end")
        line, _, heard.rest = heard.rest.partition(b"\n")
        return line

    def _sock_for(self, ends_at: float) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the line is closed")
        left = ends_at - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.sock.settimeout(left)
        return self.sock


class Secure(Plain, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class _Heard:
    """What came and was not read yet."""

    rest = b""

    def close(self) -> None:
        """Do nothing: the socket is closed by itself."""
