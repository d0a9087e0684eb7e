"""Batches of printed notes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from appreciation.errors import AppreciationError
from appreciation.store.tables import Batch, NoteState


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
