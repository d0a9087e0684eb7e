"""Mail servers for the tests: one that misbehaves by script, one that is real."""

import contextlib
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from ipaddress import ip_address
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"


class Fault(Enum):
    """What a server does instead of answering."""

    EOF = auto()
    RST = auto()
    SILENCE = auto()
    # It takes the mail, and the line goes within its answer.
    CUT = auto()
    # A byte now and then, and never a whole line.
    DRIP = auto()
    # Lines, or one line, without end.
    LINES = auto()
    LINE = auto()
    # It hears nothing, until the test lets it.
    DEAF = auto()


class _GoneError(Exception):
    """The connection is over."""


# What happens at which stage for the n-th time, counted over all connections.
# Stages: banner, ehlo, auth, mail, rcpt, data, body, dot, rset, quit.
Script = Mapping[tuple[str, int], str | Fault]

_ANSWERS = {
    "banner": "220 here",
    "ehlo": "250 here",
    "data": "354 go ahead",
    "dot": "250 2.0.0 taken",
    "quit": "221 bye",
}


# Words said again and again, with a pause of so many seconds.
_ENDLESS: Mapping[object, tuple[bytes, float]] = {
    Fault.DRIP: (b"2", 0.01),
    Fault.LINES: (b"250-and so on\r\n" * 100, 1e-6),
    Fault.LINE: (b"250 and so on" * 100, 1e-6),
}


@dataclass
class ScriptedServer:
    """Plain SMTP over a real socket, one connection after another; a 421 closes its connection."""

    script: Script
    # For a line that becomes secure at STARTTLS.
    tls: ssl.SSLContext | None = None
    mails: list[bytes] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    # Bodies whose final dot never came.
    unfinished: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.over = False
        self.hears = threading.Event()
        self.socket = socket.create_server((HERE, 0))
        # Small, so that a long mail is still being written when its server goes.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def stop(self) -> None:
        self.over = True
        self.hears.set()
        socket.create_connection((HERE, self.port)).close()
        self.thread.join()
        self.socket.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            with connection, connection.makefile("rb") as lines:
                if self.over:
                    return
                self.connections += 1
                with contextlib.suppress(OSError, _GoneError):
                    self._converse(connection, lines)

    def _converse(self, connection: socket.socket, lines: BinaryIO) -> None:
        self._answer("banner", connection, lines)
        self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        while line := lines.readline():
            words = line.decode().strip()
            self.heard.append(words)
            stage = words.split()[0].lower()
            told = self._answer(stage, connection, lines)
            if stage == "starttls" and self.tls and told.startswith("220"):
                secure = self.tls.wrap_socket(connection, server_side=True)
                with secure, secure.makefile("rb") as heard:
                    self._talk(secure, heard)
                return
            if stage == "quit":
                return
            if told.startswith("354"):
                self._take(connection, lines)

    def _take(self, connection: socket.socket, lines: BinaryIO) -> None:
        if does := self.script.get(("body", self.times["body"] + 1)):
            if does is Fault.DEAF:
                self.hears.wait()
            lines.readline()
            self._answer("body", connection, lines)
        self.times["body"] += 1
        mail: list[bytes] = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                self.unfinished.append(b"".join(mail))
                raise _GoneError
            mail.append(line[1:] if line.startswith(b".") else line)
        does = self.script.get(("dot", self.times["dot"] + 1), _ANSWERS["dot"])
        if isinstance(does, Fault) or does.startswith("2"):
            self.mails.append(b"".join(mail))
        self._answer("dot", connection, lines)

    def _answer(self, stage: str, connection: socket.socket, lines: BinaryIO) -> str:
        self.times[stage] += 1
        does = self.script.get((stage, self.times[stage]), _ANSWERS.get(stage, "250 2.0.0 fine"))
        if does in _ENDLESS:
            _talk_without_end(connection, *_ENDLESS[does])
        match does:
            case Fault.EOF | Fault.DEAF:
                raise _GoneError
            case Fault.RST:
                # Lingering for no time at all is a reset.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _GoneError
            case Fault.SILENCE:
                while lines.readline():
                    pass
                raise _GoneError
            case Fault.CUT:
                connection.sendall(b"250 o")
                raise _GoneError
        assert isinstance(does, str)
        connection.sendall(does.replace("\n", "\r\n").encode() + b"\r\n")
        if does.startswith("421"):
            raise _GoneError
        return does


def _talk_without_end(connection: socket.socket, words: bytes, pause: float) -> NoReturn:
    connection.settimeout(pause)
    while True:
        with contextlib.suppress(TimeoutError):
            connection.sendall(words)
            if not connection.recv(1):
                raise _GoneError


@contextlib.contextmanager
def scripted(
    script: Script | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[ScriptedServer]:
    server = ScriptedServer(script or {}, tls)
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Received:
    """What a real server took: the mails, to whom, and whether the line was secure."""

    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope.content)
        self.recipients.extend(envelope.rcpt_tos)
        self.secure.append(session.ssl is not None or server.transport.get_extra_info("sslcontext"))
        return "250 2.0.0 taken"


class _AnyPort(Controller):
    """A server on whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def real(
    door: tuple[str, str] | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[tuple[Received, int]]:
    """Run a real server, for the user and password of ``door``; yield what it got, and its port."""
    received = Received()

    def authenticate(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        received.users.append(data.login.decode())
        right = (data.login.decode(), data.password.decode()) == door
        return AuthResult(success=right, handled=False)

    settings: dict[str, Any] = {"auth_require_tls": starttls is not None}
    if door:
        settings |= {"authenticator": authenticate, "auth_required": starttls is not None}
    if starttls:
        settings |= {"tls_context": starttls, "require_starttls": True}
    controller = _AnyPort(received, hostname=HERE, port=0, ssl_context=tls, **settings)
    controller.start()
    try:
        yield received, controller.port
    finally:
        controller.stop()


@dataclass(frozen=True)
class Certificate:
    """A certificate signed by itself."""

    server: ssl.SSLContext
    # For a client that trusts it.
    client: ssl.SSLContext


def certificate(
    folder: Path, born: datetime, *, host: str = HERE, days: int = 36_000
) -> Certificate:
    """Make a certificate for ``host``, valid for so many days around ``born``."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(born - timedelta(days=days / 2))
        .not_valid_after(born + timedelta(days=days / 2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return Certificate(server, ssl.create_default_context(cafile=str(public)))


BORN = datetime(2026, 1, 1, tzinfo=UTC)
