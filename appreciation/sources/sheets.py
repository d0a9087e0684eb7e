"""A table in a text file: its delimiter, the line of its header, its rows with their lines."""

import csv
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from appreciation.sources.base import NotTaken, Unreadable
from appreciation.sources.encodings import head_of, lines_of

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_NO_LETTER = re.compile(r"[\W_]+")
# A header stands near the top, and a cell goes over so many lines at most.
_HEAD_LINES = 40
_LONGEST_RECORD = 400
_ENOUGH_KNOWN = 2

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose header was found; ``line`` is that of the header."""

    path: Path
    headers: tuple[str, ...]
    delimiter: str
    line: int

    @property
    def folded(self) -> tuple[str, ...]:
        """The headers as they are compared: without case and punctuation."""
        return tuple(map(fold, self.headers))

    def rows(self) -> Iterator[tuple[int, Cells] | Unreadable | NotTaken]:
        """Yield each row with its line, or why it cannot be read; nothing of a blank line."""
        lines = lines_of(self.path)
        for _ in range(self.line):
            next(lines, "")
        yield from _rows(lines, self.line, self.delimiter, len(self.headers))


@lru_cache(maxsize=1 << 12)
def fold(header: str) -> str:
    """Return ``header`` without case, blanks and punctuation: shops spell theirs in many ways."""
    return _NO_LETTER.sub("", header.casefold())


def sheet_at(path: Path, known: Collection[str]) -> Sheet | None:
    """Return the table in the file at ``path``, or None where there is none.

    Its header is the first line with two or more of the ``known`` names, since
    reports have titles above; else the first line that has several fields.
    """
    best = None
    for number, line in enumerate(head_of(path, _HEAD_LINES), 1):
        if "\0" in line:
            return None
        cells, delimiter = _split(line)
        count = sum(fold(cell) in known for cell in cells)
        if count >= min(_ENOUGH_KNOWN, len(cells)) and count:
            return Sheet(path, tuple(cells), delimiter, number)
        if best is None and len(cells) > 1 and not line.casefold().startswith("sep="):
            best = Sheet(path, tuple(cells), delimiter, number)
    return best


def _split(line: str) -> tuple[Cells, str]:
    """Return the cells of a header line by the delimiter that occurs most outside quotes."""
    bare = _QUOTED.sub("", line)
    delimiter = max(_DELIMITERS, key=bare.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    return [cell.strip() for cell in cells], delimiter


class _Records:
    """Joins the lines of one record, and tells where a quote is never closed."""

    def __init__(self, lines: Iterable[str], line: int, delimiter: str) -> None:
        self.lines = iter(lines)
        self.back: deque[str] = deque()
        self.delimiter = delimiter
        self.whole = _well_quoted(delimiter).fullmatch
        self.next_line = line + 1
        self.line = line
        self.parts: list[str] = []
        self.unclosed = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Return the next record; one line for nearly all, empty where its quote stays open."""
        first = self._next()
        self.line = self.next_line
        self.next_line += 1
        self.parts, self.unclosed = [], False
        # Most lines have no quotes at all; those that programs write leave none open.
        if '"' not in first or self.whole(first) or not self._stays_open(first, inside=False):
            return first
        parts = [first]
        while len(parts) < _LONGEST_RECORD and (more := self._next_or_none()) is not None:
            parts.append(more)
            if '"' in more and not self._stays_open(more, inside=True):
                self.parts = parts
                self.next_line += len(parts) - 1
                return "".join(parts)
        self._give_back(parts[1:])
        self.unclosed = True
        return "\n"

    def take_apart(self) -> None:
        """Keep only the first line of this record: a quote swallowed the others."""
        self._give_back(self.parts[1:])
        self.next_line -= max(len(self.parts) - 1, 0)

    def _stays_open(self, line: str, *, inside: bool) -> bool:
        """Return whether a quote is open at the end of ``line``; one in a bare cell opens none."""
        at_start, just_closed = True, False
        for sign in line:
            if sign != '"':
                at_start, just_closed = not inside and sign == self.delimiter, False
            elif inside or at_start or just_closed:
                # Two in a row are one that stands for itself.
                inside, at_start, just_closed = not inside, False, inside
        return inside

    def _next(self) -> str:
        return self.back.popleft() if self.back else next(self.lines)

    def _next_or_none(self) -> str | None:
        return self.back.popleft() if self.back else next(self.lines, None)

    def _give_back(self, lines: list[str]) -> None:
        self.back.extendleft(reversed(lines))


def _well_quoted(delimiter: str) -> re.Pattern[str]:
    """Return what a line is whose quotes stand around cells, or doubled within such cells."""
    cell = rf'(?:"(?:[^"]|"")*+"|[^"{re.escape(delimiter)}]*+)'
    return re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*+[\r\n]*")


def _rows(
    lines: Iterable[str], line: int, delimiter: str, width: int
) -> Iterator[tuple[int, Cells] | Unreadable | NotTaken]:
    records = _Records(lines, line, delimiter)
    reader = csv.reader(records, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Unreadable(records.line, f"no row of a table: {error}")
            reader = csv.reader(records, delimiter=delimiter)
            continue
        if records.unclosed:
            yield Unreadable(records.line, "a quotation mark is never closed")
            continue
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) == width:
            yield (records.line, cells) if any(cells) else NotTaken(records.line, "empty")
        elif any(cells):
            records.take_apart()
            yield Unreadable(records.line, f"has {len(cells)} fields instead of {width}")
        elif cells:
            yield NotTaken(records.line, "empty")
