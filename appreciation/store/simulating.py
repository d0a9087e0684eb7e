"""A private copy of a store in which days to come are lived through, and what became of them."""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, delete, insert, or_, select, text, update
from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError
from appreciation.store import migrating
from appreciation.store.claims import NOBODYS
from appreciation.store.copying import copied
from appreciation.store.engine import Store
from appreciation.store.gate import held_back
from appreciation.store.instance import instance
from appreciation.store.tables import (
    Attempt,
    Base,
    Batch,
    Customer,
    ImportChange,
    ImportedRow,
    Note,
    NoteState,
    Rest,
    Worker,
)

_AT_ONCE = 5_000
# What no stage asks for, and may be long.
_LEFT_OUT = {table.__tablename__ for table in (Attempt, ImportChange, ImportedRow)}


@contextlib.contextmanager
def private_copy(store: Store, folder: Path) -> Iterator[Store]:
    """Copy ``store``, as it is at one instant, into an SQLite file in ``folder``; nothing is held.

    Whatever is just leaving counts as approved there: it has not left yet.

    Raises:
        AppreciationError: it cannot be written.
    """
    copy = _copied(store, folder / "simulated.db")
    try:
        with copy.writing() as session:
            _set_free(session)
        yield copy
    finally:
        copy.close()


def _copied(store: Store, file: Path) -> Store:
    if store.file is None:
        copy = Store(URL.create("sqlite", database=str(file)).render_as_string())
        migrating.migrate(copy, backup_name="")
        _copy_rows(store, copy)
        return copy
    try:
        copied(store, file)
    except (OSError, sqlite3.Error) as error:
        raise AppreciationError(
            f"no copy can be made in {file.parent}: {getattr(error, 'strerror', None) or error}",
            mend="make room there, or name a folder with more of it: TMPDIR=... appreciation ...",
        ) from error
    return store.at(file)


def _copy_rows(store: Store, copy: Store) -> None:
    """Copy every row that a stage may ask for from a server, all as of one moment."""
    with (
        store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as source,
        copy.recording() as link,
    ):
        # An order may name a later one, should somebody have numbered them so.
        link.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in Base.metadata.sorted_tables:
            if table.name in _LEFT_OUT:
                continue
            link.execute(delete(table))
            rows = source.execution_options(yield_per=_AT_ONCE).execute(select(table)).mappings()
            for some in rows.partitions():
                link.execute(insert(table), [dict(row) for row in some])


def _set_free(session: Session) -> None:
    found = instance(session)
    # A name of its own: no heartbeat file of the real store may ever be taken for its.
    found.name, found.place = secrets.token_hex(16), None
    found.held_at = found.held_why = None
    leaving = (NoteState.CLAIMED, NoteState.SENDING)
    session.execute(update(Note).where(Note.state.in_(leaving)).values(NOBODYS))
    session.execute(update(Note).values(worker_id=None))
    session.execute(delete(Worker))
    session.execute(delete(Rest))


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of one note in the days that were lived through; ``at`` is its own moment."""

    at: datetime
    occasion: str
    state: NoteState
    reason: str
    channel: str
    country: str
    customer: str
    was_drafted: bool
    held_back: str


def waiting(session: Session) -> list[Note]:
    """Return the notes that wait for a person."""
    return list(session.scalars(select(Note).where(Note.state == NoteState.WAITING)))


def lived(session: Session, since: datetime, until: datetime) -> Iterator[Lived]:
    """Yield the notes that fall due from ``since`` on and before ``until``, or left then."""
    left = Note.sent_at.is_not(None) & (Note.sent_at >= since)
    due = (Note.due_at >= since) & Note.sent_at.is_(None)
    query = (
        select(
            *(Note.due_at, Note.sent_at, Note.occasion, Note.state, Note.reason, Note.channel),
            *(Customer.country, Customer.name, Note.drafted_at, held_back(until.date())),
        )
        .join(Customer, Customer.id == Note.customer_id)
        .where(or_(left, due), Note.due_at < until)
        .order_by(Note.id)
    )
    rows = session.execute(query, execution_options={"yield_per": _AT_ONCE})
    for due_at, sent_at, occasion, state, reason, channel, country, name, drafted, held in rows:
        yield Lived(
            at=sent_at or due_at,
            occasion=occasion,
            state=state,
            reason=reason or "",
            channel=channel or "",
            country=country or "",
            customer=name,
            was_drafted=drafted is not None,
            held_back=held or "",
        )


def batches_made(session: Session, since: datetime) -> int:
    """Return how many batches were printed from ``since`` on."""
    return len(session.scalars(select(Batch.id).where(Batch.made_at >= since)).all())
