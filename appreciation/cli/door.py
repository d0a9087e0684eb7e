"""What every command says, and how: data to stdout, words to stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from unicodedata import category

import typer

from appreciation.dates import Clock
from appreciation.errors import AppreciationError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for the whole of one command: what time it is, and which settings file."""

    clock: Clock
    config: Path | None = None


# Wide enough that nothing is folded where nobody looks at a screen.
_PAPER = 240
_PDF = b"%PDF"


def say(words: str) -> None:
    """Tell the person something that is no data."""
    print(words, file=sys.stderr)


def show_json(data: Any) -> None:
    """Print ``data``; days and moments in ISO form, moments in UTC."""
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print a table, or say ``empty`` where there are no rows."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for title in head:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    if not table.row_count:
        say(empty)
        return
    console = Console(width=None if sys.stdout.isatty() else _PAPER, highlight=False)
    console.print(table)


def plural(count: int, thing: str) -> str:
    """Return ``1 note`` or ``3 notes``."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def asks() -> bool:
    """Return whether a person sits there who can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def plain(words: str) -> str:
    """Return ``words`` without what steers a terminal, or turns its writing round."""
    return "".join(letter for letter in words if category(letter) not in {"Cc", "Cf", "Cs"})


@contextmanager
def writes_pdf(file: Path) -> Iterator[None]:
    """Let a PDF be written to ``file``, but over nothing that is none.

    Raises:
        AppreciationError: something else is there, or it cannot be written.
    """
    mend = "name another file"
    try:
        if file.is_dir() or (file.exists() and not _starts_as_pdf(file)):
            raise AppreciationError(f"{file} is there already, and is no PDF", mend=mend)
        yield
    except OSError as error:
        raise AppreciationError(f"{file} cannot be written: {error.strerror}", mend=mend) from error


def _starts_as_pdf(file: Path) -> bool:
    with file.open("rb") as there:
        return there.read(len(_PDF)) in {_PDF, b""}


def _cell(value: object) -> str:
    if value is None:
        return ""
    return plain(str(value).replace("\n", ", ").replace("in_doubt", "in doubt"))
