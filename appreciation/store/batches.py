"""Batches of printed notes."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session, selectinload

from appreciation.errors import AppreciationError
from appreciation.store.dialects import is_postgresql
from appreciation.store.recording import Link
from appreciation.store.tables import Base, Batch, Note, NoteState

# More batches than are ever printed between two copies.
_LEAP = 100

_batches = Base.metadata.tables[Batch.__tablename__]
_PLACE = update(_batches).where(_batches.c.id == bindparam("placed"))


def last_batch(session: Session) -> int:
    """Return the id of the newest batch, 0 where there is none."""
    return session.scalar(select(func.max(Batch.id))) or 0


def batches_since(session: Session, batch_id: int) -> Sequence[Batch]:
    """Return the batches after this one that hold anything, the oldest first, with their notes."""
    return session.scalars(
        select(Batch)
        .options(selectinload(Batch.notes))
        .where(Batch.id > batch_id, Batch.notes.any())
        .order_by(Batch.id)
    ).all()


def mark_posted(session: Session, batch_id: int, left_out: Collection[int], now: datetime) -> int:
    """Record that the printed notes of a batch are in the post; return how many.

    ``left_out`` are numbers within the batch; those cards stay printed.

    Raises:
        AppreciationError: there is no such batch, or no such number in it.
    """
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise AppreciationError(f"there is no batch {batch_id}", mend="appreciation batch list")
    unknown = set(left_out) - {note.sequence for note in batch.notes}
    if unknown:
        raise AppreciationError(
            f"batch {batch_id} has no card {min(unknown)}", mend="see its pick list"
        )
    count = 0
    for note in batch.notes:
        if note.state is NoteState.PRINTED and note.sequence not in left_out:
            note.state = NoteState.POSTED
            count += 1
    batch.posted_at = batch.posted_at or now
    return count


def open_batch(session: Session, batch: Batch | None, backend: str, now: datetime) -> Batch:
    """Return ``batch``, or a new one where none is open yet."""
    if batch is None:
        batch = Batch(backend=backend, made_at=now)
        session.add(batch)
        session.flush()
    return batch


def place_batch(link: Link, batch: Batch, folder: str) -> None:
    """Record where ``batch`` lies."""
    link.execute(_PLACE, {"placed": batch.id, "folder": folder})


def close_batch(session: Session, batch: Batch) -> None:
    """Take what was not printed out of ``batch``, and forget it where nothing was."""
    of_batch = Note.batch_id == batch.id
    unprinted = update(Note).where(
        of_batch, Note.state.not_in((NoteState.PRINTED, NoteState.SENDING, NoteState.IN_DOUBT))
    )
    session.execute(
        unprinted.values(batch_id=None, sequence=None).execution_options(synchronize_session=False)
    )
    if session.scalar(select(func.count()).where(of_batch)) == 0:
        session.execute(delete(Batch).where(Batch.id == batch.id))


def leap(session: Session) -> None:
    """Leave out some numbers: another copy of this store may have put them on paper."""
    batch = Batch(backend="", made_at=datetime.min.replace(tzinfo=UTC))
    session.add(batch)
    session.flush()
    number = batch.id + _LEAP
    session.delete(batch)
    session.flush()
    if is_postgresql(session):
        session.execute(select(func.setval(func.pg_get_serial_sequence("batches", "id"), number)))
    else:
        session.execute(
            insert(Batch).values(id=number, backend="", made_at=datetime.min.replace(tzinfo=UTC))
        )
        session.execute(delete(Batch).where(Batch.id == number))
