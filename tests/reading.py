"""Reading a file as its source would, for tests of sources."""

from datetime import date
from pathlib import Path
from typing import Any

from appreciation.sources import BUILT_IN
from appreciation.sources.base import Choices, NotTaken, Person, Row, Sale, Unreadable

FILES = Path(__file__).parent / "imported"
CHOICES: dict[str, Any] = {
    "today": date(2026, 11, 22),
    "timezone": "Europe/Berlin",
    "currency": "EUR",
    "country": "DE",
}


def kind_of(path: Path) -> tuple[str, str] | None:
    """Return which source knows the file first, and as what."""
    for name, source in BUILT_IN.items():
        if kind := source.recognise(path):
            return name, kind
    return None


def rows_in(path: Path, **choices: Any) -> list[Row]:
    """Return every row of the file, read by the source that knows it."""
    known = kind_of(path)
    assert known is not None, f"nobody knows {path.name}"
    name, kind = known
    return list(BUILT_IN[name].read(path, kind, Choices(**{**CHOICES, **choices})).rows)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Return a file with this text."""
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


def people(rows: list[Row]) -> list[Person]:
    return [row for row in rows if isinstance(row, Person)]


def sales(rows: list[Row]) -> list[Sale]:
    return [row for row in rows if isinstance(row, Sale)]


def reasons(rows: list[Row]) -> list[str]:
    """Return why rows are none, in the order of the file."""
    return [row.reason for row in rows if isinstance(row, Unreadable | NotTaken)]
