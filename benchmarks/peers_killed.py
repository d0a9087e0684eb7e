"""What a ``kill -9`` costs: ours and two peers, judged by the mail server's own log.

``python benchmarks/peers_killed.py [MAILS [KILLS]]``. Each is killed so many times, just after
the server took a mail and before it says so, and then runs to its end. Every customer should
get one mail: each further one is a duplicate.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peers
from shop import fill, opened

from appreciation.store import notes

THINKS_SECONDS = 0.004


class Acceptance:
    """Takes every mail, writes down for whom before it says so."""

    def __init__(self, log: Path) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        os.write(self.log, f"{envelope.rcpt_tos[0]}\n".encode())
        await asyncio.sleep(THINKS_SECONDS)
        return "250 2.0.0 taken"


async def serve(log: Path) -> None:
    from aiosmtpd.smtp import SMTP

    acceptance = Acceptance(log)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(acceptance), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def served(log: Path) -> Iterator[int]:
    command = [sys.executable, __file__, "--serve", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def taken(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def outlived(log: Path, mails: int, kills: int, start: Callable[[], list[str]]) -> None:
    """Kill the program that ``start`` names again and again, some mails later each time."""
    # The peers keep their locks where they run, or where temporary files are.
    at: dict[str, Any] = {"cwd": log.parent, "env": {**os.environ, "TMPDIR": str(log.parent)}}
    for kill in range(kills):
        enough = len(taken(log)) + mails // (2 * kills) + kill % 3
        with subprocess.Popen(start(), stdout=subprocess.DEVNULL, **at) as process:
            while len(taken(log)) < enough and process.poll() is None:
                time.sleep(0.0005)
            process.send_signal(signal.SIGKILL)
    # Ours ends with 3 where something waits for a person.
    subprocess.run(start(), check=False, stdout=subprocess.DEVNULL, **at)


def row(name: str, log: Path, in_doubt: int | str = "-") -> str:
    copies = Counter(taken(log))
    extra = copies.total() - len(copies)
    worst = max(copies.values(), default=0)
    return f"{name:<22} {copies.total():>10} {extra:>10} {worst:>15} {in_doubt:>8}"


def ours(folder: Path, mails: int, kills: int) -> str:
    log = folder / "log"
    with served(log) as port:
        app = opened(folder, port, 2)
        fill(app, mails)
        once = [sys.executable, "-m", "appreciation", "--config", str(folder / "config.toml")]
        outlived(log, mails, kills, lambda: [*once, "run", "--once"])
        with app.store.reading() as session:
            states = dict(notes.counted(session))
        app.store.close()
    return row("appreciation", log, states.get("in_doubt", 0))


def peer(kind: str, python: str, folder: Path, mails: int, kills: int) -> str:
    log = folder / "log"
    with served(log) as port:
        command = (python, kind, folder, port)
        subprocess.run(peers.command(*command, "queue", mails), check=True)

        def start() -> list[str]:
            # What a person would do, else nothing leaves any more.
            for lock in folder.glob("*.lock"):
                lock.unlink()
            return peers.command(*command, "send")

        outlived(log, mails, kills, start)
    return row(peers.PACKAGES[kind], log)


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve(Path(sys.argv[2])))
        return
    mails, kills = [*map(int, sys.argv[1:]), *(300, 12)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as name, peers.interpreter() as python:
        folders = {kind: Path(name) / kind for kind in ("ours", *peers.PACKAGES)}
        for folder in folders.values():
            folder.mkdir()
        rows = [ours(folders["ours"], mails, kills)]
        if python:
            rows += [peer(kind, python, folders[kind], mails, kills) for kind in peers.PACKAGES]
    print(f"{mails} mails, {kills} x kill -9")
    print(f"{'':<22} {'deliveries':>10} {'duplicates':>10} {'worst recipient':>15} {'in doubt':>8}")
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
