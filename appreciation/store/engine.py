"""The engine: one store, opened for reading, for writing, or for a write that must last."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from appreciation.errors import NotSetUp, StoreFailed

# How long a writer waits for another process's transaction, in milliseconds.
BUSY_MS = 30_000
_KNOWN = ("sqlite", "postgresql")


class Store:
    """The customer's data. Opens no connection before the first session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._reads = self.engine
        self.writes = _beginning(self.engine, "IMMEDIATE", "NORMAL")
        self._synced = _beginning(self.engine, "IMMEDIATE", "FULL")
        # SQLite has whoever waits for its lock sleep for milliseconds; our own threads take turns.
        self._turn = threading.RLock() if self.is_sqlite else contextlib.nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether one file holds everything, and so one process at a time writes."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> str | None:
        """The SQLite file, or None where a server keeps the data."""
        return self.engine.url.database if self.is_sqlite else None

    def at(self, file: Path) -> "Store":
        """Return the store in another SQLite ``file``."""
        url = self.engine.url.set(database=str(file))
        return Store(url.render_as_string(hide_password=False))

    @property
    def shown(self) -> str:
        """How a person knows the store: its file, or its url without the password."""
        return self.file or self.engine.url.render_as_string(hide_password=True)

    def place(self, session: Session) -> str:
        """Return where the store lies: what a copy of it has not in common with it."""
        if self.file is not None:
            return f"file {Path(self.file).stat().st_ino}"
        where = text(
            "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database"
            " WHERE datname = current_database()"
        )
        return f"database {session.scalar(where)}"

    @property
    def for_psql(self) -> str:
        """The url as PostgreSQL's own programs take it; they ask for the password."""
        url = self.engine.url.set(drivername="postgresql", password=None)
        return url.render_as_string()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only asks."""
        with self._told(), Session(self._reads) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that commits at the end, or leaves nothing where it fails.

        The SQLite lock is taken at once: a transaction that reads first and
        then writes would fail without waiting when another one wrote between.
        """
        with (
            self.taking_turns(),
            Session(self.writes, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def trying(self) -> Iterator[Session]:
        """Open a session like :meth:`writing` of which nothing is kept."""
        with self.taking_turns(), Session(self.writes) as session:
            yield session
            session.rollback()

    @contextlib.contextmanager
    def synced(self) -> Iterator[Session]:
        """Open a session like :meth:`writing` whose commit survives a power failure."""
        with (
            self.taking_turns(),
            Session(self._synced, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def recording(self, *, synced: bool = False) -> Iterator[Connection]:
        """Open a transaction like :meth:`writing` for statements only; a session costs as much."""
        with (
            self.taking_turns(),
            (self._synced if synced else self.writes).begin() as connection,
        ):
            yield connection

    @contextlib.contextmanager
    def taking_turns(self) -> Iterator[None]:
        """Write alone among our own threads, and tell in a sentence what the database cannot do."""
        with self._told(), self._turn:
            yield

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in a sentence what the database cannot do; a wrong statement of ours is a bug."""
        driver = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (DatabaseError, driver.DatabaseError) as error:
            # In SQLAlchemy's coat, or straight from the driver.
            said = getattr(error, "orig", error)
            if (
                not isinstance(said, driver.OperationalError)
                and type(said) is not driver.DatabaseError
            ):
                raise
            told = str(said).strip().splitlines()[0]
            mend = "see that its disk has room, and that its file or server is yours to use"
            if "is locked" in told:
                mend = "another process writes to it, a large import maybe: wait until it is done"
            raise StoreFailed(f"the store {self.shown} failed: {told}", mend=mend) from error

    def close(self) -> None:
        """Give every connection back."""
        for engine in {self.engine, self.writes, self._synced}:
            engine.dispose()


def _engine(url: str) -> Engine:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in _KNOWN:
        raise NotSetUp(
            f"the store's url, {url.partition(':')[0]}:..., names no database we know",
            mend="write [store] url like sqlite:///appreciation.db or postgresql://user@host/name",
        )
    try:
        # A server may have gone meanwhile; a file has not.
        engine = create_engine(url, pool_pre_ping=backend != "sqlite")
    except (ArgumentError, NoSuchModuleError) as error:
        raise NotSetUp(
            f"the store's url names a driver that is not there: {error}",
            mend="write [store] url like sqlite:///appreciation.db or postgresql://user@host/name",
        ) from error
    except ModuleNotFoundError as error:
        raise NotSetUp(
            f"the store's url needs the package {error.name}",
            mend="pip install 'appreciation[postgres]'",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        _begin_by(engine, "DEFERRED", "NORMAL")
    else:
        event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _beginning(engine: Engine, how: str, synchronous: str) -> Engine:
    """Return ``engine``, on SQLite with another way to begin, over the same connections."""
    if engine.dialect.name != "sqlite":
        return engine
    other = create_engine(engine.url, pool=engine.pool)
    _begin_by(other, how, synchronous)
    return other


def _begin_by(engine: Engine, how: str, synchronous: str) -> None:
    # By the dialect, since an event would cost each short transaction a third more.
    begin = partial(_begin_sqlite, how, synchronous)
    engine.dialect.do_begin = begin  # type: ignore[method-assign]


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions behind our back.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # In pages: the journal goes into the file, synced, once for some hundred notes.
    cursor.execute("PRAGMA wal_autocheckpoint = 4000")
    cursor.close()


def _set_up_postgresql(connection: Any, _record: object) -> None:
    # To compile what finding asks takes a second; to answer it, some milliseconds.
    connection.execute("SET jit = off")
    connection.commit()


def _begin_sqlite(how: str, synchronous: str, connection: PoolProxiedConnection) -> None:
    cursor = connection.cursor()
    if connection.info.get("synchronous") != synchronous:
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        connection.info["synchronous"] = synchronous
    cursor.execute(f"BEGIN {how}")
    cursor.close()
