"""Mails that came back: which note each is about, kept once, and what it changes."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from appreciation.store.dialects import insert_for
from appreciation.store.tables import Bounce, Customer, Note, NoteState


def note_known_as(session: Session, message_id: str) -> Note | None:
    """Return the note that was sent by email under ``message_id``."""
    return session.scalar(
        select(Note).where(Note.message_id == message_id, Note.channel == "email")
    )


def was_read(session: Session, mail_id: str) -> bool:
    """Return whether this mail was kept before."""
    return session.scalar(select(Bounce.id).where(Bounce.mail_id == mail_id)) is not None


def keep(session: Session, **bounce: object) -> bool:
    """Keep a bounce of these columns; return False where that mail was read before."""
    kept = session.scalar(
        insert_for(session)(Bounce)
        .values(bounce)
        .on_conflict_do_nothing(index_elements=["mail_id"])
        .returning(Bounce.id)
    )
    return kept is not None


def fail(session: Session, note: Note, reason: str) -> None:
    """Let ``note`` have failed after all, unless it is no longer thought to be gone."""
    session.execute(
        update(Note)
        .where(Note.id == note.id, Note.state.in_((NoteState.SENT, NoteState.IN_DOUBT)))
        .values(state=NoteState.FAILED, reason=reason)
    )


def came_back(session: Session) -> Sequence[tuple[Note, Bounce]]:
    """Return the notes that came back and still wait for a person, each with its last bounce."""
    last = select(func.max(Bounce.id)).where(Bounce.lasting).group_by(Bounce.note_id)
    query = (
        select(Note, Bounce)
        .join(Bounce, Bounce.note_id == Note.id)
        .options(joinedload(Note.customer).joinedload(Customer.suppression))
        .where(Note.state == NoteState.FAILED, Note.channel == "email", Bounce.id.in_(last))
        .order_by(Bounce.id)
    )
    return [(note, bounce) for note, bounce in session.execute(query)]
