"""A note as a person reads it: on the screen, as a card."""

from pathlib import Path
from textwrap import fill

from appreciation.app import Appreciation
from appreciation.cli.door import writes_pdf
from appreciation.cli.opened import local
from appreciation.errors import AppreciationError
from appreciation.store.tables import Note
from appreciation.words.markdown import to_text

_RULE = "─" * 64


def sheet(note: Note, held_back: str | None, app: Appreciation) -> str:
    """Return a note as text: to whom, when and why, then its words as they will be."""
    recipient = (note.recipient or "nobody yet").replace("\n", ", ")
    late = ", belated" if note.belated else ""
    state = note.state.value.replace("_", " ")
    lines = [
        f"note {note.id} · {note.occasion} {note.occurrence} · {state}{late}",
        f"  to    {note.customer.name}, {recipient}, by {note.backend}",
        f"  when  {local(note.due_at, app)}",
        f"  why   {note.why or 'not written yet'}",
    ]
    if note.reason or held_back:
        lines.append(f"  but   {held_back or note.reason}")
    if note.overruled:
        lines.append(f"  rule  overruled: {note.overruled}")
    if note.body is not None:
        lines += [_RULE, note.subject or "", "", wrapped(to_text(note.body)), _RULE]
    return "\n".join(lines) + "\n"


def wrapped(text: str) -> str:
    """Return ``text`` with its long lines broken, as a mail program would."""
    return "\n".join(fill(line, len(_RULE)) for line in text.rstrip().splitlines())


def card_to(note: Note, app: Appreciation, target: Path) -> None:
    """Write the card that ``note`` would be to ``target``."""
    from appreciation.delivery.letters import Letters

    backend = app.backends[app.carriers["post"]]
    if note.body is None or not isinstance(backend, Letters):
        raise AppreciationError(
            f"note {note.id} cannot be shown as a card", mend=f"appreciation note show {note.id}"
        )
    with writes_pdf(target):
        backend.preview(app.letter(note), target)
