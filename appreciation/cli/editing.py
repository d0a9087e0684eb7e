"""A text in the person's own editor: what they should know below it, what became of it above."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

from appreciation.errors import AppreciationError, NeedsALook
from appreciation.store.tables import Note
from appreciation.words.markdown import to_text

_BELOW = "# ---- What follows is for you alone: lines that start with # are not sent."


def in_editor(file: Path) -> None:
    """Let the person change ``file`` in the editor that they have set.

    Raises:
        AppreciationError: it cannot be started, or failed.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "nano"
    try:
        done = subprocess.run([*shlex.split(editor), str(file)], check=False)  # noqa: S603
    except OSError as error:
        raise AppreciationError(
            f"the editor {editor!r} cannot be started: {error.strerror}",
            mend="set EDITOR to one that you have",
        ) from error
    if done.returncode:
        raise AppreciationError(f"the editor {editor!r} failed", mend="nothing was changed")


def from_editor(note: Note, remarks: Iterable[str]) -> tuple[str, str]:
    """Let the person rewrite ``note``, with ``remarks`` below it; return subject and body.

    Raises:
        AppreciationError: the editor cannot be started or failed.
        NeedsALook: what came back has no subject line.
    """
    below = "\n".join(f"# {line}".rstrip() for line in remarks)
    with tempfile.TemporaryDirectory(prefix="appreciation-") as folder:
        file = Path(folder) / f"note-{note.id}.md"
        file.write_text(
            f"{_whole(note.subject, note.body)}\n\n{_BELOW}\n{below}\n", encoding="utf-8"
        )
        in_editor(file)
        lines = file.read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if not line.startswith("#")).strip()
    first, _, body = kept.partition("\n")
    if not first.startswith("Subject:"):
        raise NeedsALook("the first line must start with 'Subject:'", mend="edit it once more")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n"


def remarks(note: Note, bought_last: str | None, before: Iterable[Note]) -> Iterator[str]:
    """Yield what whoever rewrites ``note`` would like to have at hand."""
    customer = note.customer
    yield f"To: {customer.name}, {(note.recipient or 'nobody yet').replace(chr(10), ', ')}"
    yield f"Why: {note.why or note.occasion}{', belated' if note.belated else ''}"
    if customer.about:
        yield f"Your remark: {customer.about}"
    yield from (f"You know: {fact.words}" for fact in customer.facts)
    if bought_last:
        yield f"Bought last: {bought_last}"
    for old in before:
        yield ""
        yield f"Written before, {old.on:%d %b %Y}: {old.subject}"
        yield from (f"  {line}" for line in to_text(old.body or "").splitlines() if line)


def changes(note: Note, subject: str, body: str) -> str:
    """Return what is new in ``subject`` and ``body``, line by line, as a diff."""
    old = _whole(note.subject, note.body).splitlines()
    new = _whole(subject, body).splitlines()
    told = unified_diff(old, new, lineterm="", n=1)
    return "\n".join(line for line in told if not line.startswith(("---", "+++", "@@")))


def _whole(subject: str | None, body: str | None) -> str:
    """Return a note as it stands in the editor; one that was never written is empty."""
    return f"Subject: {subject or ''}\n\n{body or ''}".rstrip()


def kept_aside(note_id: int, body: str) -> Path:
    """Keep ``body``, which broke a rule, in a file of its own: nobody should write it twice."""
    file = Path(tempfile.mkdtemp(prefix="appreciation-")) / f"note-{note_id}.md"
    file.write_text(body, encoding="utf-8")
    return file
