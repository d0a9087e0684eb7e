"""What the answers come to, in one sentence."""

from collections.abc import Sequence
from datetime import timedelta

from appreciation.store import explaining, planning
from appreciation.store.tables import OPEN, Note, NoteState
from appreciation.why.answers import Answer
from appreciation.why.asking import Asked, Matter

_NEXT = {
    NoteState.WAITING: "note {0} waits for your approval: appreciation note preview {0}",
    NoteState.BLOCKED: "note {0} is blocked: {1}",
    NoteState.FAILED: "note {0} failed: {1}",
    NoteState.IN_DOUBT: "note {0} is in doubt: {1}; appreciation note settle {0}",
    NoteState.SKIPPED: "no note leaves: note {0} was skipped: {1}",
}


def verdict(matter: Matter, answers: Sequence[Answer]) -> str:
    """Return in a sentence what becomes of ``matter``, or became of it."""
    if matter.note is not None:
        return _of_note(matter.asked, matter.note)
    stopped = next((answer for answer in answers if answer.lets is False), None)
    if stopped is not None:
        return f"no note: {stopped.told}"
    if matter.asked.is_past:
        return _of_the_past(matter)
    return _of_the_future(matter)


def _of_note(asked: Asked, note: Note) -> str:
    reason = note.reason or "no reason is recorded"
    if note.state in OPEN:
        held = explaining.note_held_back(asked.session, note, max(asked.on, asked.today))
        if held is not None:
            return f"note {note.id} is {note.state.value} and held back: {held}"
    if note.state in (NoteState.SENT, NoteState.PRINTED, NoteState.POSTED):
        late = ", belated" if note.belated else ""
        when = asked.clock(note.sent_at) if note.sent_at else "at a time unknown"
        return f"note {note.id} was {note.state.value} {when}{late}"
    if note.state is NoteState.APPROVED:
        return f"note {note.id} is approved and leaves {asked.clock(note.try_at)}"
    if note.state is NoteState.FOUND:
        if held := explaining.note_held_back(asked.session, note, asked.today):
            return f"note {note.id} was found, and is written once nothing keeps it: {held}"
        return f"note {note.id} was found, and is written at the next look"
    told = _NEXT.get(note.state, "note {0} is just leaving")
    return told.format(note.id, reason)


def _of_the_past(matter: Matter) -> str:
    assert matter.row is not None
    looked = _next_look(matter)
    if looked:
        return looked
    if silenced := matter.asked.silenced:
        return f"no note is recorded; today the customer is held back: {silenced}"
    return "no note is recorded: by the settings of today there would have been one"


def _next_look(matter: Matter) -> str:
    """Return what the next look will do about what was missed; empty where all was looked at."""
    row, asked = matter.row, matter.asked
    assert row is not None
    through = planning.last_looks(asked.session).get(matter.finder.name)
    if through is not None and through >= row["due_at"]:
        return ""
    if through is None:
        return "no note: nobody has looked for it since it is switched on"
    if row["expires_at"] <= asked.now:
        return "no note yet: nobody was at work; the next look tells that it was missed"
    late = "in belated words" if row["on_time_until"] <= asked.now else "still on time"
    return f"no note yet: nobody was at work; the next look finds it, {late}"


def _of_the_future(matter: Matter) -> str:
    row, asked = matter.row, matter.asked
    assert row is not None
    found_at = row["due_at"] - timedelta(days=matter.settings.ahead)
    consumed = matter.finder.occasion.consumes is not None
    when = (
        "at the next look" if consumed or found_at <= asked.now else f"on {asked.day_of(found_at)}"
    )
    held = asked.silenced
    if held is not None:
        return f"a note is found {when} and held back: {held}"
    asks = matter.settings.approve == "ask"
    then = "waits for your approval" if asks else "goes by itself"
    return f"a note is found {when}, {then}, and leaves {asked.clock(row['due_at'])}"
