"""A note as a person reads it: on the screen, in the browser, as a card, in the editor."""

import os
import shlex
import subprocess
import tempfile
import webbrowser
from pathlib import Path
from textwrap import fill

from appreciation.app import Appreciation
from appreciation.cli.opened import local
from appreciation.errors import AppreciationError, NeedsALook
from appreciation.store.tables import Note
from appreciation.words.markdown import to_html, to_text

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
    if note.body is not None:
        lines += [_RULE, note.subject or "", "", wrapped(to_text(note.body)), _RULE]
    return "\n".join(lines) + "\n"


def wrapped(text: str) -> str:
    """Return ``text`` with its long lines broken, as a mail program would."""
    return "\n".join(fill(line, len(_RULE)) for line in text.rstrip().splitlines())


def in_a_browser(note: Note) -> Path:
    """Write ``note`` as a page and open it; return where it lies."""
    if note.body is None:
        raise AppreciationError(
            f"note {note.id} has no words yet", mend=f"appreciation note show {note.id}"
        )
    folder = Path(tempfile.mkdtemp(prefix="appreciation-"))
    page = folder / f"note-{note.id}.html"
    page.write_text(
        to_html(note.body, language=note.language or "en", title=note.subject or ""),
        encoding="utf-8",
    )
    webbrowser.open(page.as_uri())
    return page


def card_to(note: Note, app: Appreciation, target: Path) -> None:
    """Write the card that ``note`` would be to ``target``."""
    from appreciation.delivery.letters import Letters

    backend = app.backends[app.carriers["post"]]
    if note.body is None or not isinstance(backend, Letters):
        raise AppreciationError(
            f"note {note.id} cannot be shown as a card", mend=f"appreciation note show {note.id}"
        )
    try:
        backend.preview(app.letter(note), target)
    except OSError as error:
        raise AppreciationError(
            f"{target} cannot be written: {error.strerror}", mend="name another file"
        ) from error


def from_editor(note: Note) -> tuple[str, str]:
    """Let the person rewrite ``note`` in their editor; return subject and body.

    Raises:
        AppreciationError: the editor cannot be started or failed.
        NeedsALook: what came back has no subject line.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "nano"
    head = f"# {note.customer.name}: {note.why}. Lines that start with # are for you alone."
    with tempfile.TemporaryDirectory(prefix="appreciation-") as folder:
        file = Path(folder) / f"note-{note.id}.md"
        file.write_text(f"{head}\nSubject: {note.subject}\n\n{note.body}", encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(file)], check=False)  # noqa: S603
        except OSError as error:
            raise AppreciationError(
                f"the editor {editor!r} cannot be started: {error.strerror}",
                mend="set EDITOR, or give --subject and --body",
            ) from error
        if done.returncode:
            raise AppreciationError(f"the editor {editor!r} failed", mend="nothing was changed")
        lines = file.read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if not line.startswith("#")).strip()
    first, _, body = kept.partition("\n")
    if not first.startswith("Subject:"):
        raise NeedsALook("the first line must start with 'Subject:'", mend="edit it once more")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n"
