"""Review: a person approves, edits or skips.

An approval is of this text to this address. Whatever changes either takes it
back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError, NeedsALook
from appreciation.store.tables import OPEN, Customer, Note, NoteState
from appreciation.words.checks import faults

# What helps a note of this state on.
_NEXT = {
    NoteState.FOUND: "appreciation run --once, which writes it",
    NoteState.FAILED: "appreciation note retry {}, or edit it",
    NoteState.IN_DOUBT: "appreciation note settle {}",
}
_EDITABLE = (NoteState.WAITING, NoteState.APPROVED, NoteState.BLOCKED, NoteState.FAILED)


def approve(note: Note, now: datetime) -> None:
    """Let ``note`` go out as it is, to the address it names; approving twice changes nothing.

    Raises:
        AppreciationError: it is not waiting for anybody.
    """
    if note.state is NoteState.APPROVED:
        return
    _check_state(note, "approved", NoteState.WAITING)
    note.state, note.approved_at, note.reason = NoteState.APPROVED, now, None


# A note as it was shown: its id, subject, body and recipient.
Shown = tuple[int, str | None, str | None, str | None]


def approve_as_seen(session: Session, shown: Sequence[Shown], now: datetime) -> None:
    """Approve notes, each as it was shown; all of them or none.

    Raises:
        NeedsALook: one reads differently by now, or goes elsewhere.
        AppreciationError: one is not waiting.
    """
    for note_id, *as_shown in shown:
        note = session.get_one(Note, note_id)
        if as_shown != [note.subject, note.body, note.recipient]:
            raise NeedsALook(
                f"note {note_id} has changed since it was shown",
                mend=f"appreciation note preview {note_id}",
            )
        approve(note, now)


def check_editable(note: Note) -> None:
    """Return when ``note`` has words that may still be changed.

    Raises:
        AppreciationError: it has left, or was never written.
    """
    _check_state(note, "edited", *(_EDITABLE if note.recipient else ()))


def check_unchanged(note: Note, subject: str | None, body: str | None) -> None:
    """Return when ``note`` still reads as it did to whoever has rewritten it.

    Raises:
        NeedsALook: somebody else has rewritten it meanwhile.
    """
    if (note.subject, note.body) != (subject, body):
        raise NeedsALook(
            f"note {note.id} has changed while you wrote",
            mend=f"appreciation note preview {note.id}",
        )


def edit(
    note: Note,
    subject: str,
    body: str,
    now: datetime,
    allowed: list[str],
    overrule: str | None = None,
) -> None:
    """Replace the words of ``note``; what was approved waits again.

    With a reason in ``overrule``, what sells is let through and the reason is
    kept; what is blank or broken is not.

    Raises:
        AppreciationError: it has left, or was never written.
        NeedsALook: the new words break a rule; nothing is changed.
    """
    check_editable(note)
    found = faults(subject, body, allowed=allowed, language=note.language or "en")
    left = _broken(note, subject, body, allowed) if overrule else found
    if left:
        can_be_overruled = not overrule and not _broken(note, subject, body, allowed)
        or_say_why = f", or: appreciation note edit {note.id} --overrule 'your reason'"
        raise NeedsALook(
            f"the new words of note {note.id}: {'; '.join(left)}",
            mend=f"edit it once more{or_say_why if can_be_overruled else ''}",
        )
    note.overruled = overrule if found else None
    note.subject, note.body = subject, body
    note.edited, note.drafted_at = True, now
    note.state, note.approved_at, note.reason = NoteState.WAITING, None, None


def _broken(note: Note, subject: str, body: str, allowed: list[str]) -> list[str]:
    """Return what no reason can excuse: holes, blanks, another language."""
    return faults(subject, body, allowed=allowed, language=note.language or "en", overruled=True)


def check_in_doubt(note: Note) -> None:
    """Return when there is a doubt about ``note`` to settle.

    Raises:
        AppreciationError: there is none.
    """
    _check_state(note, "settled", NoteState.IN_DOUBT)


def settle(note: Note, now: datetime, *, arrived: bool) -> None:
    """End the doubt about ``note``: a person knows whether it arrived, or wants it sent again.

    Raises:
        AppreciationError: nobody doubts it.
    """
    check_in_doubt(note)
    if arrived:
        note.state = NoteState.SENT if note.channel == "email" else NoteState.PRINTED
        note.sent_at, note.reason = now, None
    elif note.approved_at is not None:
        _try_again(note, now)
    else:
        # It was put in doubt before anybody had approved it, or written it.
        note.state = NoteState.FOUND if note.body is None else NoteState.WAITING
        note.reason = None


def retry(note: Note, now: datetime) -> None:
    """Let a failed ``note`` go out once more, as it was approved.

    Raises:
        AppreciationError: it has not failed, or its address is suppressed.
    """
    _check_state(note, "tried again", NoteState.FAILED)
    if note.channel == "email":
        _address_of(note.customer, "email")
    _try_again(note, now)


@dataclass(frozen=True, slots=True)
class Way:
    """How a note shall go instead; ``message_id`` is new, since it is to another address."""

    channel: str
    backend: str
    message_id: str


def retry_by(note: Note, way: Way, now: datetime) -> None:
    """Let ``note`` go another ``way``: it failed, or its email address is suppressed.

    It was approved to another address, so it waits for another look. One that
    has no words yet is written for the new way.

    Raises:
        AppreciationError: it is on its way or gone, too late, or the customer
            has no address for it.
    """
    customer = note.customer
    stuck = note.channel == "email" and customer.suppression is not None
    _check_state(note, f"sent by {way.channel}", NoteState.FAILED, *(OPEN if stuck else ()))
    if note.expires_at <= now:
        raise AppreciationError(
            f"note {note.id} is too late for another way", mend=f"appreciation note skip {note.id}"
        )
    recipient = _address_of(customer, way.channel)
    note.channel, note.backend, note.message_id = way.channel, way.backend, way.message_id
    note.approved_at, note.sent_at, note.try_at = None, None, now
    if note.body is None:
        note.state, note.recipient, note.reason = NoteState.FOUND, None, None
    else:
        note.state, note.recipient = NoteState.WAITING, recipient
        note.reason = f"by {way.channel} now: look once more"


def _address_of(customer: Customer, channel: str) -> str:
    if channel == "email" and customer.suppression is not None:
        raise AppreciationError(
            f"{customer.email} is not written to: {customer.suppression.why}",
            mend=f"appreciation customer edit {customer.id} --email NEW, "
            "or the same once more where it works again",
        )
    address = customer.email if channel == "email" else customer.address
    if not address:
        flag, lacking = ("--email", "email") if channel == "email" else ("--address", "postal")
        raise AppreciationError(
            f"{customer.name} has no {lacking} address",
            mend=f"appreciation customer edit {customer.id} {flag} ...",
        )
    return address


def _try_again(note: Note, now: datetime) -> None:
    note.state, note.try_at, note.reason = NoteState.APPROVED, now, None


def _check_state(note: Note, done: str, *states: NoteState) -> None:
    if note.state not in states:
        because = f" ({note.reason})" if note.reason else ""
        raise AppreciationError(
            f"note {note.id} cannot be {done}: it is {note.state.value.replace('_', ' ')}{because}",
            mend=_NEXT.get(note.state, "appreciation note show {}").format(note.id),
        )


def skip(note: Note, why: str) -> None:
    """Decide that ``note`` is never sent.

    Raises:
        AppreciationError: it is on its way, or gone.
    """
    skippable = (*OPEN, NoteState.FAILED, NoteState.IN_DOUBT, NoteState.SKIPPED)
    _check_state(note, "skipped", *skippable)
    note.state, note.reason = NoteState.SKIPPED, f"skipped: {why}"
