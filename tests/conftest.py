"""What every test may ask for: a shop with a clock that stands still, on each database."""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from appreciation.app import Appreciation, assemble
from appreciation.config.reading import load
from appreciation.dates import YearlyDay
from appreciation.stages import intake, review
from appreciation.store import migrating
from appreciation.store.engine import Store
from appreciation.store.tables import Customer, Note, NoteState
from tests.databases import bare_postgres_url, databases, postgres_url
from tests.postgres import own_postgres
from tests.processes import mail_server, programs
from tests.terminal import Terminal

__all__ = [
    "bare_postgres_url",
    "databases",
    "mail_server",
    "own_postgres",
    "postgres_url",
    "programs",
]

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)

SETTINGS = """\
[business]
name = "Rosa's Bakery"
signer = "Rosa"
email = "rosa@example.org"
timezone = "Europe/Berlin"
country = "DE"
address = "Hauptstr. 1\\n10115 Berlin"
"""


@dataclass
class StillClock:
    """A clock that a test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@cache
def _new_store() -> bytes:
    """Return the file of an empty store, made once: to migrate one for each test is dear."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "new.db")
        with contextlib.closing(Store(f"sqlite:///{file}")) as store:
            migrating.migrate(store, backup_name="")
        return file.read_bytes()


@dataclass
class Shop:
    """A business with a real store in a folder of its own."""

    folder: Path
    clock: StillClock = field(default_factory=StillClock)
    settings: str = SETTINGS
    url: str = "sqlite:///appreciation.db"

    def __post_init__(self) -> None:
        self.apps: list[Appreciation] = []
        self.app = self.opened()
        file = self.app.store.file
        if file is not None and not Path(file).exists():
            Path(file).touch(0o600)
            Path(file).write_bytes(_new_store())
            # As every store, it has a name of its own.
            with contextlib.closing(sqlite3.connect(file)) as link, link:
                link.execute("UPDATE instance SET name = ?", [secrets.token_hex(8)])

    def opened(self, more: str = "") -> Appreciation:
        """Open the shop anew, with ``more`` settings, as another process would."""
        text = f"{self.settings}\n[store]\nurl = {self.url!r}\n{more}"
        (self.folder / "config.toml").write_text(text, encoding="utf-8")
        self.app = assemble(load(self.folder / "config.toml"), self.clock)
        self.apps.append(self.app)
        return self.app

    def close(self) -> None:
        """Give the connections of every opening back."""
        for app in self.apps:
            app.store.close()

    @property
    def today(self) -> date:
        return self.app.today()

    def customer(self, name: str = "Ada Lovelace", *, born: str = "", **fields: object) -> int:
        """Add a customer with an email address, unless told otherwise; return the id."""
        from appreciation.dates import parse_yearly_day

        first = next(iter(name.split()), "nobody")
        email = f"{first.casefold()}@example.org"
        day = parse_yearly_day(born, self.today) if born else None
        with self.app.store.writing() as session:
            wanted = {"name": name, "email": email, **fields}
            return intake.add_customer(session, wanted, day, self.clock(), self.today).id

    def birthday(self, customer_id: int, day: YearlyDay) -> None:
        with self.app.store.writing() as session:
            customer = session.get_one(Customer, customer_id)
            intake.set_birthday(session, customer, day, self.clock())

    def order(self, customer_id: int, *, ago: int = 2, cents: int = 1250, **more: str) -> int:
        with self.app.store.writing() as session:
            bought = intake.Purchase(self.today - timedelta(days=ago), cents, "EUR", **more)
            customer = session.get_one(Customer, customer_id)
            return intake.add_order(session, customer, bought, self.clock()).id

    def meeting(self, customer_id: int, *, ago: int = 1, place: str | None = None) -> int:
        with self.app.store.writing() as session:
            customer = session.get_one(Customer, customer_id)
            met_on = self.today - timedelta(days=ago)
            return intake.add_meeting(session, customer, met_on, place, self.clock()).id

    def referral(self, referrer_id: int, referred: int | str) -> int:
        with self.app.store.writing() as session:
            whom = session.get_one(Customer, referred) if isinstance(referred, int) else referred
            referrer = session.get_one(Customer, referrer_id)
            return intake.add_referral(session, referrer, whom, self.today, self.clock()).id

    def edit(self, customer_id: int, **fields: object) -> None:
        with self.app.store.writing() as session:
            customer = session.get_one(Customer, customer_id)
            intake.edit_customer(session, customer, fields, self.clock())

    def hold(
        self, customer_id: int, why: str = "order returned", until: date | None = None
    ) -> None:
        with self.app.store.writing() as session:
            customer = session.get_one(Customer, customer_id)
            intake.hold(session, customer, why, until, self.clock())

    def run(self) -> dict[str, int]:
        """Run all stages once; return what is not zero."""
        with self.app.at_work("once") as worker:
            return {word: count for word, count in self.app.run_once(worker).items() if count}

    def approve_all(self) -> None:
        with self.app.store.writing() as session:
            for note in session.query(Note).where(Note.state == NoteState.WAITING):
                review.approve(note, self.clock())

    def notes(self, **having: object) -> list[Note]:
        """Return the notes, first due first, detached from the store."""
        with self.app.store.reading() as session:
            query = session.query(Note).filter_by(**having).order_by(Note.due_at, Note.id)
            found = query.all()
            for note in found:
                _ = note.customer.name, note.attempts
            session.expunge_all()
            return found

    @property
    def mails(self) -> list[Path]:
        """The emails in the outbox, oldest note first."""
        return sorted((self.folder / "outbox").glob("*.eml"))


@pytest.fixture(autouse=True)
def machine_state(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep what a machine remembers of stores out of the home of whoever runs the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


# For a test that is about SQLite's file, or about something that no database has a part in.
ON_SQLITE = pytest.mark.parametrize("store_url", [Shop.url], ids=["sqlite"])


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Where a shop's data is to lie, on each database."""
    if request.param == "sqlite":
        return Shop.url
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def shop(tmp_path: Path, store_url: str) -> Iterator[Shop]:
    """A shop on each database."""
    made = Shop(tmp_path, url=store_url)
    yield made
    made.close()


@pytest.fixture
def bare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal in a folder where nothing is set up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("APPRECIATION_")]:
        monkeypatch.delenv(name)
    return Terminal(capsys, StillClock())


@pytest.fixture
def shop_at(bare: Terminal, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in a shop that is set up and empty, on each database."""
    if store_url != Shop.url:
        monkeypatch.setenv("APPRECIATION_STORE__URL", store_url)
    flags = ["--name", "Rosa's Bakery", "--signer", "Rosa", "--email", "rosa@example.org"]
    bare("init --timezone Europe/Berlin --language en --yes", *flags)
    return bare
