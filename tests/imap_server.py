"""An IMAP server over a real socket, with one folder; it misbehaves where a test says so."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes

HERE = "127.0.0.1"
_SEARCH = re.compile(
    r'SINCE (\S+) OR OR FROM "([\w-]+)" FROM "([\w-]+)" HEADER "Content-Type" "([\w/]+)"'
)
_FETCH = re.compile(r"([\d,]+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")


@dataclass
class ImapServer:
    """Serves ``mails``, each with the day of its arrival, to whoever knows the ``door``.

    ``answers`` replaces what a command is answered; empty: nothing at all, and
    "cut": half a line, then the end.
    """

    mails: list[tuple[date, bytes]] = field(default_factory=list)
    door: tuple[str, str] = ("rosa", "open sesame 7")
    folder: str = "INBOX"
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    greeting: str = "* OK here"
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.over = False
        self.socket = socket.create_server((HERE, 0))
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def commands(self) -> list[str]:
        """The words that were heard, without what follows them."""
        return [line.split()[0] for line in self.heard]

    def stop(self) -> None:
        self.over = True
        with contextlib.suppress(OSError):
            socket.create_connection((HERE, self.port)).close()
        self.thread.join()
        self.socket.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            if self.over:
                connection.close()
                return
            with contextlib.suppress(OSError):
                self._converse(connection)
            connection.close()

    def _converse(self, connection: socket.socket) -> None:
        line = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
        try:
            self._say(line, self.greeting)
            while told := _line(line):
                tag, _, words = told.partition(" ")
                self.heard.append(words)
                command = words.split()[0].upper()
                instead = self.answers.get(command)
                if instead == "cut":
                    line.sendall(b"* half a li")
                    return
                if instead is not None:
                    if instead:
                        self._say(line, instead.format(tag=tag))
                    continue
                self._obey(line, command, words)
                self._say(line, f"{tag} {self._verdict(command, words)}")
                if command == "STARTTLS" and self.starttls:
                    line = self.starttls.wrap_socket(line, server_side=True)
                if command == "LOGOUT":
                    return
        finally:
            line.close()

    def _obey(self, line: socket.socket, command: str, words: str) -> None:
        if command == "CAPABILITY":
            extra = " STARTTLS" if self.starttls else ""
            self._say(line, f"* CAPABILITY IMAP4rev1{extra}")
        if command == "LOGOUT":
            self._say(line, "* BYE")
        if command in ("EXAMINE", "SELECT"):
            self._say(line, f"* {len(self.mails)} EXISTS")
        if command == "UID" and (asked := _SEARCH.search(words)):
            found = (str(uid) for uid in self._found(*asked.groups()))
            self._say(line, " ".join(["* SEARCH", *found]))
        if command == "UID" and (wanted := _FETCH.search(words)):
            for uid in map(int, wanted.group(1).split(",")):
                part = self.mails[uid - 1][1].replace(b"\n", b"\r\n")[: int(wanted.group(2))]
                self._say(line, f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(part)}}}")
                line.sendall(part + b")\r\n")

    def _verdict(self, command: str, words: str) -> str:
        user, secret = self.door
        if command == "LOGIN" and words != f'LOGIN "{user}" "{secret}"':
            return "NO [AUTHENTICATIONFAILED] wrong"
        if command == "EXAMINE" and words != f'EXAMINE "{self.folder}"':
            return "NO no such folder"
        return "OK done"

    def _found(self, since: str, one: str, other: str, kind: str) -> Iterator[int]:
        first = datetime.strptime(since, "%d-%b-%Y").date()  # noqa: DTZ007 - a day
        for uid, (arrived, mail) in enumerate(self.mails, 1):
            head = message_from_bytes(mail)
            sender = str(head["From"]).casefold()
            wanted = one in sender or other in sender or kind in str(head["Content-Type"])
            if wanted and arrived >= first:
                yield uid

    def _say(self, line: socket.socket, words: str) -> None:
        line.sendall(words.encode() + b"\r\n")


def _line(line: socket.socket) -> str:
    """Read a line octet by octet: what follows a STARTTLS is not ours to buffer."""
    heard = b""
    while not heard.endswith(b"\r\n"):
        octet = line.recv(1)
        if not octet:
            return ""
        heard += octet
    return heard.decode().strip()


@contextlib.contextmanager
def serving(server: ImapServer) -> Iterator[ImapServer]:
    try:
        yield server
    finally:
        server.stop()
