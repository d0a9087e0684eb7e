"""Notes on a page of their own in the browser: as they arrive, on a phone and on a desk, by night.

The page fetches nothing from anywhere: each note is laid into it whole.
"""

import tempfile
import webbrowser
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.store.tables import Note
from appreciation.words.markdown import to_html, to_text

_STYLE = """
:root { color-scheme: light; --ink: #2b2622; --soft: #6f665c; --line: #d8cfc4; --paper: #f4efe8; }
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 3rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font: 500 1.5rem/1.3 Georgia, serif; margin: 0 0 .25rem; }
h2 { font: 500 1.15rem/1.3 Georgia, serif; margin: 0; }
header { margin-bottom: 2rem; }
.meta { color: var(--soft); margin: .15rem 0 0; font-size: .875rem; }
.but { color: #9a3412; }
.note { background: #fff; border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem;
  margin-bottom: 2rem; }
.shapes { display: grid; gap: 1.5rem; margin-top: 1.25rem; align-items: start;
  grid-template-columns: repeat(3, minmax(0, 1fr)); }
.shapes > * { height: 100%; display: flex; flex-direction: column; }
.shapes > * > :last-child { flex: 1 0 auto; }
.desk { grid-column: 1 / -1; }
.desk iframe { height: 17rem; }
.sheet { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); }
.sheet .note { margin: 0; padding: 1.25rem; display: flex; flex-direction: column; }
.sheet figure { margin-top: auto; padding-top: .9rem; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--soft); font-size: .8125rem; margin-bottom: .375rem; }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 14px/1.55 ui-monospace, monospace; background: #faf8f5; border: 1px solid var(--line);
  border-radius: .5rem; }
iframe { display: block; border: 1px solid var(--line); border-radius: .5rem; width: 100%;
  height: 20rem; background: #fff; }
iframe.night { color-scheme: dark; background: #1c1917; }
main { max-width: 80rem; margin: 0 auto; }
main.sheet { max-width: none; }
@media (max-width: 60rem) { .shapes { grid-template-columns: 1fr; } body { padding: 1rem; } }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says of one note: who it is to, why, and its words."""

    to: str
    why: str
    subject: str
    body: str
    language: str
    but: str = ""
    # The notes that the same customer had, the latest first.
    before: tuple[str, ...] = ()


def shown(note: Note, held_back: str | None, before: Iterable[Note] = ()) -> Shown:
    """Return ``note`` as it stands on the page, beside what was written ``before``.

    Raises:
        AppreciationError: it has no words yet.
    """
    if note.body is None:
        raise AppreciationError(
            f"note {note.id} has no words yet", mend=f"appreciation note show {note.id}"
        )
    late = ", belated" if note.belated else ""
    return Shown(
        to=f"{note.id} · {note.customer.name}",
        why=f"{note.why or note.occasion}{late} · {note.state.value.replace('_', ' ')}",
        subject=note.subject or "",
        body=note.body,
        language=note.language or "en",
        but="; ".join(filter(None, (held_back or note.reason, _overruled(note)))),
        before=tuple(
            f"{old.on:%d %b %Y}: {old.subject}\n\n{to_text(old.body or '')}" for old in before
        ),
    )


def _overruled(note: Note) -> str:
    return f"overruled: {note.overruled}" if note.overruled else ""


def opened_page(notes: Sequence[Shown], *, title: str) -> Path:
    """Write ``notes`` as a page and open it; return where it lies.

    A few are shown large, text and HTML side by side; many as a contact sheet.
    """
    folder = Path(tempfile.mkdtemp(prefix="appreciation-"))
    file = folder / "notes.html"
    file.write_text(page(notes, title=title), encoding="utf-8")
    webbrowser.open(file.as_uri())
    return file


def page(notes: Sequence[Shown], *, title: str, few: int = 3) -> str:
    """Return the page; up to ``few`` notes are shown large."""
    large = len(notes) <= few
    inside = "\n".join(_large(note) if large else _small(note) for note in notes)
    count = "1 note" if len(notes) == 1 else f"{len(notes)} notes"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><h1>{escape(title)}</h1><p class="meta">{count}</p></header>\n'
        f'<main class="{"" if large else "sheet"}">\n{inside}\n</main>\n</body>\n</html>\n'
    )


def _large(note: Shown) -> str:
    text = escape(f"{note.subject}\n\n{to_text(note.body)}", quote=False)
    before = "".join(
        '<figure class="desk"><figcaption>written before</figcaption>'
        f"<pre>{escape(old, quote=False)}</pre></figure>\n"
        for old in note.before
    )
    return (
        f'<article class="note">{_head(note)}\n<div class="shapes">\n'
        f"<figure><figcaption>as text</figcaption>"
        f'<pre lang="{escape(note.language)}">{text}</pre></figure>\n'
        f"<figure><figcaption>on a phone</figcaption>{_frame(note)}</figure>\n"
        f"<figure><figcaption>by night</figcaption>{_frame(note, 'night')}</figure>\n"
        f'<figure class="desk"><figcaption>on a desk</figcaption>{_frame(note)}</figure>\n'
        f"{before}</div></article>"
    )


def _small(note: Shown) -> str:
    return f'<article class="note">{_head(note)}\n<figure>{_frame(note)}</figure></article>'


def _head(note: Shown) -> str:
    but = f'<p class="meta but">{escape(note.but)}</p>' if note.but else ""
    return (
        f'<h2 lang="{escape(note.language)}">{escape(note.subject)}</h2>'
        f'<p class="meta">{escape(note.to)} · {escape(note.why)}</p>{but}'
    )


def _frame(note: Shown, kind: str = "day") -> str:
    letter = to_html(note.body, language=note.language, title=note.subject)
    told = escape(f"{note.subject}, {note.to}, by {kind}")
    return f'<iframe class="{kind}" title="{told}" sandbox srcdoc="{escape(letter)}"></iframe>'
