"""Real processes for tests: our own program, and a mail server that keeps a log of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
APPRECIATION = (sys.executable, "-m", "appreciation")
# Far more than anything here takes: so long only a test that fails waits.
PATIENCE_SECONDS = 30


def wait_until(
    condition: Callable[[], T], *, what: str, patience_seconds: float = PATIENCE_SECONDS
) -> T:
    """Return what ``condition`` says, as soon as that is true."""
    given_up_at = time.monotonic() + patience_seconds
    while not (seen := condition()):
        assert time.monotonic() < given_up_at, f"waited in vain until {what}"
        time.sleep(0.005)
    return seen


@dataclass
class Program:
    """One process; what it says, to whichever side, is kept in the file ``words``."""

    process: "subprocess.Popen[bytes]"
    words: Path

    @property
    def said(self) -> str:
        return self.words.read_text(encoding="utf-8")

    def says(self, words: str) -> None:
        """Return once it has said ``words``."""
        wait_until(lambda: words in self.said or self.has_ended(), what=f"it said {words!r}")
        assert words in self.said, self.said

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ends(self) -> int:
        """Return its exit status once it is over."""
        return self.process.wait(PATIENCE_SECONDS)

    def stop(self) -> int:
        """Ask it to end and return its exit status."""
        self.process.terminate()
        return self.ends()

    def kill(self) -> None:
        """End it in the middle of whatever it does. Reaped, so that nobody takes it for alive."""
        self.process.kill()
        self.process.wait()


@dataclass
class Programs:
    """What a test started, so that nothing of it is left running."""

    folder: Path
    started: list[Program] = field(default_factory=list)

    def start(
        self, *command: str, program: Sequence[str] = APPRECIATION, **environment: str
    ) -> Program:
        """Start ``appreciation``, or another ``program``, with the settings of the test's shop."""
        words = self.folder / f"words-{len(self.started)}.txt"
        ours = {name: value for name, value in os.environ.items() if "APPRECIATION" not in name}
        with words.open("wb") as file:
            process = subprocess.Popen(
                [*program, "--config", str(self.folder / "config.toml"), *command],
                env=ours | environment,
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.started.append(Program(process, words))
        return self.started[-1]

    def done(self, *command: str, program: Sequence[str] = APPRECIATION) -> tuple[int, str]:
        """Run ``appreciation`` to its end; return the exit status and all that it said."""
        started = self.start(*command, program=program)
        return started.ends(), started.said


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Programs that end with the test."""
    made = Programs(tmp_path)
    yield made
    for program in made.started:
        if not program.has_ended():
            program.kill()


@dataclass
class MailServer:
    """A mail server that accepts everything; its own ``log`` is the judge."""

    process: "subprocess.Popen[str]"
    log: Path
    port: int
    # The log is long, and looked at often.
    known: list[tuple[str, str]] = field(default_factory=list)
    read_up_to: int = 0

    @property
    def settings(self) -> str:
        """Settings of a shop that sends through it."""
        return (
            '[delivery]\nemail = "smtp"\n[delivery.smtp]\nhost = "127.0.0.1"\n'
            f'port = {self.port}\nsecurity = "none"\n'
        )

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it saw so far: ``begun`` and an address, ``accepted`` and a Message-ID."""
        if self.log.exists():
            with self.log.open("rb") as file:
                file.seek(self.read_up_to)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            self.read_up_to += len(whole)
            for line in whole.decode("ascii").splitlines():
                word, _, of = line.partition(" ")
                self.known.append((word, of))
        return self.known

    def seen(self, word: str) -> list[str]:
        return [of for seen, of in self.lines if seen == word]


@pytest.fixture
def mail_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailServer]:
    """A mail server; a test may set, as its parameter, how many seconds it thinks."""
    seconds = getattr(request, "param", 0.004)
    log = tmp_path / "mail-server.log"
    script = ROOT / "tests" / "crash" / "mail_server.py"
    with subprocess.Popen(
        [sys.executable, str(script), str(log), str(seconds)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield MailServer(process, log, int(process.stdout.readline()))
        process.send_signal(signal.SIGKILL)
