"""Databases for tests, each an empty shop's; emptied after use, since a new one is dear."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
from sqlalchemy import Connection, Table, create_engine, insert, make_url, select, text

from appreciation.store import migrating
from appreciation.store.engine import Store
from appreciation.store.tables import Base
from tests.postgres import FAST, GIVEN, started_or_not

SHAPE = text(
    "SELECT c.relname, c.relkind, a.attname, a.atttypid FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace"
    " ORDER BY c.relname, a.attnum"
)
ALONE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
COUNT_FROM_ONE = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
)


@dataclass(frozen=True)
class Fresh:
    """What a database holds that was just made: its tables, and the rows they begin with."""

    shape: list[Any]
    rows: dict[Table, list[dict[str, Any]]]


@dataclass
class Databases:
    """The databases of one worker, on the server at ``url``."""

    url: str
    shelf: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = create_engine(self.url, isolation_level="AUTOCOMMIT")

    def new(self, template: str = "template0") -> str:
        """Return the URL of a new database, a copy of ``template``."""
        name = f"appreciation_{uuid.uuid4().hex}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._say(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    @contextlib.contextmanager
    def empty_shop(self) -> Iterator[str]:
        """Yield the URL of an empty shop's database; afterwards it is emptied for the next."""
        template, fresh = self._first
        url = self.shelf.pop() if self.shelf else self.new(template)
        yield url
        with contextlib.closing(Store(url)) as store, store.engine.begin() as connection:
            emptied = _emptied(connection, fresh)
        if emptied:
            self.shelf.append(url)
        else:
            self.drop(url)

    def close(self) -> None:
        """Leave nothing on the server."""
        for url in self.shelf:
            self.drop(url)
        if "_first" in vars(self):
            self._say(f"DROP DATABASE {self._first[0]}")
        self.engine.dispose()

    @cached_property
    def _first(self) -> tuple[str, Fresh]:
        """The name of the database that the others are copies of, and what it holds."""
        url = self.new()
        with contextlib.closing(Store(url)) as store:
            migrating.migrate(store, backup_name="")
            with store.engine.connect() as connection:
                fresh = _contents(connection)
        return str(make_url(url).database), fresh

    def _say(self, words: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(words)


def _contents(connection: Connection) -> Fresh:
    rows = {
        table: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in Base.metadata.sorted_tables
    }
    return Fresh(list(connection.execute(SHAPE)), rows)


def _emptied(connection: Connection, fresh: Fresh) -> bool:
    """Make the database like new; False where a test gave it another shape."""
    connection.execute(ALONE)
    if list(connection.execute(SHAPE)) != fresh.shape:
        return False
    for table in reversed(fresh.rows):
        connection.execute(table.delete())
    for table, rows in fresh.rows.items():
        if rows:
            connection.execute(insert(table), rows)
    connection.execute(COUNT_FROM_ONE)
    return True


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Databases on a server, one server for each worker."""
    server = None if GIVEN else started_or_not(FAST)
    made = Databases(server.url if server else str(GIVEN))
    try:
        yield made
        made.close()
    finally:
        if server:
            server.remove()


@pytest.fixture
def bare_postgres_url(databases: Databases) -> Iterator[str]:
    """The URL of a database that only this test has, with nothing in it."""
    url = databases.new()
    yield url
    databases.drop(url)


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[str]:
    """The URL of an empty shop's database that only this test has."""
    with databases.empty_shop() as url:
        yield url
