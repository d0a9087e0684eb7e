"""One program's table as a few lines that declare it, and the machine that reads any of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.sources import events, people, remembered, sales, values
from appreciation.sources.amounts import DecimalEvidence
from appreciation.sources.base import (
    Choices,
    NotTaken,
    Reading,
    Row,
    Sale,
    Unreadable,
)
from appreciation.sources.days import Days, OrderEvidence
from appreciation.sources.sheets import Sheet, fold, sheet_at

Cells = dict[str, str]
DECIMALS = {"point": ".", "comma": ","}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one program writes a table.

    ``columns`` tell for each field the headers that may hold it, in any
    spelling, the first that is not empty wins; one that begins with ``~`` is a
    pattern of folded headers. ``tells`` are headers that nobody else has. What
    a program fixes need not be decided by column: ``dates``, ``decimal``.
    """

    kind: str
    makes: str
    tells: Sequence[str]
    columns: Mapping[str, Sequence[str]]
    judge: sales.Judge = sales.every_row
    dates: str | None = None
    decimal: str | None = None
    # Times are in UTC, and the shop's own day is another one.
    utc: bool = False
    # Rows of one number are the lines of one order; their totals are added up, or the first holds.
    lines: bool = False
    adds_up: bool = False
    # A last look at the cells of a row: what no declaration can say. "skip" says why it is none.
    amend: Callable[[Cells], Cells] = field(default=lambda cells: cells)
    remarks: Sequence[str] = ()

    @property
    def known(self) -> frozenset[str]:
        """The headers of this dialect, folded."""
        named = chain(self.tells, *self.columns.values())
        return frozenset(fold(name) for name in named if not name.startswith("~"))

    def sheet(self, path: Path) -> Sheet | None:
        """Return the table at ``path`` where it is one of this dialect."""
        sheet = sheet_at(path, self.known)
        if sheet is None or not {fold(name) for name in self.tells} <= set(sheet.folded):
            return None
        return sheet


@dataclass(frozen=True, slots=True)
class Tables:
    """A source whose files are tables of one of its ``dialects``."""

    dialects: Sequence[Dialect]

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of its dialects."""
        return [dialect.kind for dialect in self.dialects]

    def recognise(self, path: Path) -> str | None:
        """Return the kind of the first dialect whose tell-tale headers are there."""
        found = (dialect.kind for dialect in self.dialects if dialect.sheet(path))
        return next(found, None)

    def read(self, path: Path, kind: str, choices: Choices) -> Reading:
        """Return the rows of the table at ``path``."""
        for dialect in self.dialects:
            if dialect.kind == kind and (sheet := dialect.sheet(path)):
                return Reading(kind, rows_of(sheet, dialect, choices), tuple(dialect.remarks))
        tells = next(each.tells for each in self.dialects if each.kind == kind)
        raise AppreciationError(
            f"{path} is no {kind} file: it lacks {' or '.join(map(repr, tells))}",
            mend=f"appreciation import {path}, without --as",
        )


def rows_of(sheet: Sheet, dialect: Dialect, choices: Choices) -> Iterator[Row]:
    """Return the rows of ``sheet``; what its columns hold is decided before the first.

    Raises:
        Undecided: a column can be read in two ways.
    """
    columns = _columns(sheet, dialect)
    orders, decimals = _decided(sheet, dialect, columns, choices)
    days = {
        name: Days(order, choices.today, choices.timezone, utc=dialect.utc)
        for name, order in orders.items()
    }
    reader = people.Reader(days, choices.country)
    if dialect.makes == "person":
        return _each(sheet, columns, dialect.amend, reader.person)
    if dialect.makes != "sale":
        makers = {**events.MAKERS, **remembered.MAKERS}
        event = makers[dialect.makes](reader, days["on"])
        return _each(sheet, columns, dialect.amend, event)
    seller = sales.Reader(reader, days["on"], decimals, choices.currency, dialect.judge)
    if not dialect.lines:
        return _each(sheet, columns, dialect.amend, seller.sale)
    return _orders(sheet, columns, dialect, seller)


def _columns(sheet: Sheet, dialect: Dialect) -> dict[str, list[int]]:
    """Return for each field the numbers of the columns that hold it, the best first."""
    found: dict[str, list[int]] = {}
    for name, headers in dialect.columns.items():
        places = []
        for header in headers:
            pattern = header[1:] if header.startswith("~") else re.escape(fold(header))
            places += [
                number
                for number, folded in enumerate(sheet.folded)
                if re.fullmatch(pattern, folded) and number not in places
            ]
        if places:
            found[name] = places
    return found


def _cells(row: Sequence[str], columns: Mapping[str, Sequence[int]]) -> Cells:
    cells = {}
    for name, places in columns.items():
        for place in places:
            if text := row[place].strip():
                cells[name] = text if text[0] != "'" else values.guarded(text)
                break
    return cells


def _decided(
    sheet: Sheet, dialect: Dialect, columns: Mapping[str, Sequence[int]], choices: Choices
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Return for each column of days what comes first, for each of money the decimal mark."""
    orders = dict.fromkeys(_days(dialect), choices.date_order or dialect.dates)
    decimal = DECIMALS.get(choices.decimal or "") or dialect.decimal
    decimals = {name: decimal for name in sales.MONEY if name in columns}
    of_days = {name: OrderEvidence() for name, order in orders.items() if order is None}
    of_money = {name: DecimalEvidence() for name, mark in decimals.items() if mark is None}
    looked_at = {
        name: places
        for name, places in columns.items()
        if name in of_days or name in of_money or name == "currency"
    }
    if of_days or of_money:
        for row in sheet.rows():
            if isinstance(row, Unreadable | NotTaken):
                continue
            cells = _cells(row[1], looked_at)
            for name, seen in of_days.items():
                if name in cells:
                    seen.add(cells[name])
            for name, marks in of_money.items():
                if name in cells:
                    marks.add(cells[name], cells.get("currency", choices.currency).upper())
    headers = {name: sheet.headers[places[0]] for name, places in columns.items()}
    orders |= {name: seen.verdict(headers.get(name, name)) for name, seen in of_days.items()}
    decimals |= {name: marks.verdict(headers[name]) for name, marks in of_money.items()}
    return orders, decimals


def _days(dialect: Dialect) -> Sequence[str]:
    return people.DAYS if dialect.makes == "person" else sales.DAYS


def _each(
    sheet: Sheet,
    columns: Mapping[str, Sequence[int]],
    amend: Callable[[Cells], Cells],
    read: Callable[[int, Cells], Row],
) -> Iterator[Row]:
    for row in sheet.rows():
        if isinstance(row, Unreadable | NotTaken):
            yield row
            continue
        cells = amend(_cells(row[1], columns))
        yield NotTaken(row[0], cells["skip"]) if "skip" in cells else read(row[0], cells)


def _orders(
    sheet: Sheet, columns: Mapping[str, Sequence[int]], dialect: Dialect, seller: sales.Reader
) -> Iterator[Row]:
    """Yield one order for each run of rows with one number, and of its other lines nothing new."""
    group: list[tuple[int, Cells]] = []
    for row in sheet.rows():
        if isinstance(row, Unreadable | NotTaken):
            yield row
            continue
        line, cells = row[0], dialect.amend(_cells(row[1], columns))
        if group and cells.get("number") != group[0][1].get("number"):
            yield from _order(group, dialect, seller)
            group = []
        group.append((line, cells))
    if group:
        yield from _order(group, dialect, seller)


def _order(
    group: Sequence[tuple[int, Cells]], dialect: Dialect, seller: sales.Reader
) -> Iterator[Row]:
    line, cells = group[0]
    items = dict.fromkeys(each["items"] for _, each in group if "items" in each)
    first = seller.sale(line, {**cells, "items": ", ".join(items)} if items else cells)
    if dialect.adds_up and isinstance(first, Sale):
        first = _added_up(first, [seller.sale(*each) for each in group[1:]])
    yield first
    for more, _ in group[1:]:
        yield NotTaken(more, f"another line of order {cells.get('number', '')}".rstrip())


def _added_up(first: Sale, others: Iterable[Row]) -> Sale | Unreadable:
    """Return the order of ``first`` and the ``others``: one bad line spoils its total."""
    total = first.cents
    for other in others:
        if isinstance(other, Unreadable):
            return Unreadable(first.line, f"line {other.line}: {other.reason}")
        if isinstance(other, Sale):
            total += other.cents
    return replace(first, cents=total)
