"""Writing down what becomes of each note that leaves: a few statements, made ready once.

They go straight to the driver. SQLAlchemy's way there takes three times what
the database takes, for each of the thousand notes a second that a mail server
would like to have.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import ClauseElement

from appreciation.store.engine import Store


class Changed(Protocol):
    """What a statement did."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""


class Link(Protocol):
    """A transaction under way: SQLAlchemy's own connection, or a :class:`Recorder`."""

    def execute(self, statement: Executable, parameters: Mapping[str, Any], /) -> Changed:
        """Do one statement with the values of its parameters."""


class Recorder:
    """Short transactions over one connection that is kept.

    Each statement must be a constant, and be given the same names each time.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._link: PoolProxiedConnection | None = None
        self._ready: dict[int, _Ready] = {}

    @contextlib.contextmanager
    def recording(self) -> Iterator[Link]:
        """Open a transaction like :meth:`Store.writing`.

        Raises:
            StoreFailed: the database said no; nobody knows whether to the commit.
        """
        dialect = self._store.writes.dialect
        with self._store.taking_turns():
            link = self._link = self._link or self._store.writes.raw_connection()
            try:
                dialect.do_begin(link)
                yield self
                dialect.do_commit(link)
            except BaseException:
                # Its server may have gone: the next connection is a new one.
                self._link = None
                with contextlib.suppress(Exception):
                    link.invalidate()
                raise

    def execute(self, statement: Executable, parameters: Mapping[str, Any], /) -> Changed:
        """Do ``statement`` within the transaction that is open."""
        assert self._link is not None
        ready = self._ready.get(id(statement))
        if ready is None:
            dialect = self._store.writes.dialect
            ready = self._ready[id(statement)] = _made_ready(statement, [*parameters], dialect)
        cursor = self._link.cursor()
        cursor.execute(ready.sql, ready.written(parameters))
        return cursor

    def close(self) -> None:
        """Give the connection back."""
        if self._link is not None:
            self._link.close()
        self._link = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in a database's own words."""

    # Kept, so that no other statement gets its identity.
    statement: Executable
    sql: str
    # In the order of the driver; None where the driver goes by name.
    order: Sequence[str] | None
    # What stands in the statement itself.
    constants: Mapping[str, Any]
    # How a value is written, where not as it is.
    ways: Mapping[str, Callable[[Any], Any]]

    def written(self, parameters: Mapping[str, Any]) -> Any:
        values = {**self.constants, **parameters}
        for name, way in self.ways.items():
            values[name] = way(values[name])
        return values if self.order is None else [values[name] for name in self.order]


def _made_ready(statement: Executable, names: list[str], dialect: Dialect) -> _Ready:
    assert isinstance(statement, ClauseElement)
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)
    ways = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    return _Ready(
        statement=statement,
        sql=compiled.string,
        order=compiled.positiontup,
        constants={
            name: bind.effective_value
            for name, bind in compiled.binds.items()
            if name not in names and not bind.required
        },
        ways={name: way for name, way in ways.items() if way is not None},
    )
