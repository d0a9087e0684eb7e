"""Batches of printed notes."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, cast, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.orm import Session, joinedload, selectinload

from appreciation.errors import AppreciationError
from appreciation.store.dialects import is_postgresql
from appreciation.store.recording import Link
from appreciation.store.tables import GONE, Attempt, Base, Batch, Customer, Note, NoteState

# More batches than are ever printed between two copies.
_LEAP = 100

_batches = Base.metadata.tables[Batch.__tablename__]
_PLACE = update(_batches).where(_batches.c.id == bindparam("placed"))


def batches_kept(session: Session, numbers: Collection[int] | None = None) -> Sequence[Batch]:
    """Return the batches that hold anything, the oldest first, with their notes.

    With ``numbers``, only these, and only what was released of them.
    """
    query = select(Batch).options(selectinload(Batch.notes)).where(Batch.notes.any())
    if numbers is not None:
        query = query.where(Batch.id.in_(numbers), Batch.folder.is_not(None))
    return session.scalars(query.order_by(Batch.id)).all()


def batch_meant(session: Session, batch_id: int) -> Batch:
    """Return the batch of that number, with its notes.

    Raises:
        AppreciationError: there is none.
    """
    batch = session.get(Batch, batch_id)
    if batch is None or not batch.notes:
        raise AppreciationError(f"there is no batch {batch_id}", mend="appreciation batch list")
    return batch


def folder_of(session: Session, batch_id: int) -> str:
    """Return where the batch of that number lies.

    Raises:
        AppreciationError: there is none, or it was not released.
    """
    folder = batch_meant(session, batch_id).folder
    if folder is None:
        raise AppreciationError(
            f"batch {batch_id} was not printed", mend="appreciation status tells why"
        )
    return folder


def remembered(session: Session, note_ids: Sequence[int]) -> dict[int, tuple[list[str], str]]:
    """Return, by note, what is known of its customer, and what they were last written about it."""
    notes = session.scalars(
        select(Note)
        .options(joinedload(Note.customer).selectinload(Customer.facts))
        .where(Note.id.in_(note_ids))
    ).all()
    found = {}
    for note in notes:
        before = session.scalar(
            select(Note.body)
            .where(
                Note.customer_id == note.customer_id,
                Note.occasion == note.occasion,
                Note.id != note.id,
                Note.state.in_(GONE),
            )
            .order_by(Note.on.desc(), Note.id.desc())
            .limit(1)
        )
        found[note.id] = ([fact.words for fact in note.customer.facts], before or "")
    return found


def failed_since(session: Session, backend: str, at: datetime) -> Sequence[Note]:
    """Return the notes that ``backend`` could not deliver since then, with their customers."""
    return session.scalars(
        select(Note)
        .options(joinedload(Note.customer))
        .where(
            Note.state == NoteState.FAILED,
            Note.backend == backend,
            Note.attempts.any(Attempt.ended_at >= at),
        )
        .order_by(Note.id)
    ).all()


def in_hand(session: Session, backend: str) -> int:
    """Return how many notes some process has in hand for ``backend`` just now."""
    under_way = Note.state.in_((NoteState.CLAIMED, NoteState.SENDING))
    query = select(func.count(Note.id)).where(Note.backend == backend, under_way)
    return session.scalar(query) or 0


def waiting(session: Session, backend: str) -> int:
    """Return how many notes for ``backend`` wait for somebody's approval."""
    waits = (Note.state == NoteState.WAITING, Note.backend == backend)
    return session.scalar(select(func.count(Note.id)).where(*waits)) or 0


def mark_posted(session: Session, batch_id: int, left_out: Collection[int], now: datetime) -> int:
    """Record that the printed notes of a batch are in the post; return how many.

    ``left_out`` are numbers within the batch; those cards stay printed.

    Raises:
        AppreciationError: there is no such batch, or no such number in it.
    """
    batch = batch_meant(session, batch_id)
    unknown = set(left_out) - {note.sequence for note in batch.notes}
    if unknown:
        raise AppreciationError(
            f"batch {batch_id} has no card {min(unknown)}",
            mend=f"appreciation batch show {batch_id}",
        )
    if not any(note.state in (NoteState.PRINTED, NoteState.POSTED) for note in batch.notes):
        raise AppreciationError(
            f"no card of batch {batch_id} is printed", mend="appreciation status tells why"
        )
    count = 0
    for note in batch.notes:
        if note.state is NoteState.PRINTED and note.sequence not in left_out:
            note.state = NoteState.POSTED
            count += 1
    batch.posted_at = batch.posted_at or now
    return count


def left_printed(batch: Batch) -> list[int]:
    """Return the numbers of the cards of ``batch`` that are printed and not posted."""
    return [
        note.sequence
        for note in batch.notes
        if note.state is NoteState.PRINTED and note.sequence is not None
    ]


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
    """Take what was not printed out of ``batch``, and forget it where nothing was.

    Then its number was never on paper, and the next batch has it.
    """
    of_batch = Note.batch_id == batch.id
    unprinted = update(Note).where(
        of_batch, Note.state.not_in((NoteState.PRINTED, NoteState.SENDING, NoteState.IN_DOUBT))
    )
    session.execute(
        unprinted.values(batch_id=None, sequence=None).execution_options(synchronize_session=False)
    )
    if session.scalar(select(func.count()).where(of_batch)) == 0:
        if is_postgresql(session):
            # Nobody else may be about to take a number while the last one is given back.
            session.execute(text("lock table batches in share row exclusive mode"))
        session.execute(delete(Batch).where(Batch.id == batch.id))
        _give_back(session, batch.id)


def _give_back(session: Session, number: int) -> None:
    """Let ``number`` be the next one, if it was the last one given."""
    if is_postgresql(session):
        sequence = func.pg_get_serial_sequence("batches", "id")
        last = session.scalar(select(func.pg_sequence_last_value(cast(sequence, REGCLASS))))
        if last == number:
            session.execute(select(func.setval(sequence, number, False)))  # noqa: FBT003 - not used yet
    else:
        session.execute(
            text("update sqlite_sequence set seq = :seq - 1 where name = 'batches' and seq = :seq"),
            {"seq": number},
        )


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
