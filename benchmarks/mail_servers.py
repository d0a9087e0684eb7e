"""Mail servers of our own, on loopback, for as long as a benchmark runs.

A private Postfix (its own folders; every mail is discarded), else ``smtp-sink``.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = "127.0.0.1"
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
default_transport = discard
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Running:
    name: str
    port: int
    queue: Path | None = None

    def settle(self) -> None:
        """Return once the server has nothing left to do with the mails that it took."""
        while self.queue and any(
            path.is_file()
            for name in ("incoming", "active")
            for path in (self.queue / name).rglob("*")
        ):
            time.sleep(0.05)


@contextlib.contextmanager
def server() -> Iterator[Running]:
    """Run the best server that is here."""
    if shutil.which("postfix", path=_path()) and os.geteuid() == 0:
        with _postfix() as running:
            yield running
    elif shutil.which("smtp-sink", path=_path()):
        print("no Postfix that we may start (it wants root): smtp-sink instead")
        with sink() as running:
            yield running
    else:
        raise SystemExit("neither postfix nor smtp-sink is here: install postfix")


@contextlib.contextmanager
def sink() -> Iterator[Running]:
    """Run Postfix's test server, which takes every mail and keeps none."""
    port, user = free_port(), ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [tool("smtp-sink"), *user, f"{HERE}:{port}", "100"]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port)
            yield Running("smtp-sink", port)
        finally:
            process.terminate()


@contextlib.contextmanager
def _postfix() -> Iterator[Running]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("etc", "queue", "data"):
            (folder / part).mkdir()
        shutil.chown(folder / "data", "postfix")
        (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder))
        (folder / "etc" / "master.cf").write_text(MASTER.format(port=port))
        command = [tool("postfix"), "-c", str(folder / "etc")]
        subprocess.run([*command, "start"], check=True, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield Running("Postfix", port, folder / "queue")
        finally:
            subprocess.run([*command, "stop"], check=True, stderr=subprocess.DEVNULL)
            # It answers before its last helper has gone.
            time.sleep(1)


def tool(name: str) -> str:
    found = shutil.which(name, path=_path())
    if found is None:
        raise SystemExit(f"{name} is not here: install postfix")
    return found


def free_port() -> int:
    with socket.create_server((HERE, 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def _wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection((HERE, port)).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"no server came up on port {port}")
