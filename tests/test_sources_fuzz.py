"""Files that are broken in every way: no row is lost, no reader hangs or raises what is not ours.

A few thousand each time; ``APPRECIATION_FUZZ=1000000`` makes it a million for
all readers together, and twenty thousand that are taken in.
"""

import contextlib
import csv
import os
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation import imports
from appreciation.dates import YearlyDay
from appreciation.errors import AppreciationError
from appreciation.imports import Wishes
from appreciation.sources.base import Person, Unreadable
from appreciation.sources.encodings import lines_of
from appreciation.sources.sheets import Sheet
from tests.conftest import ON_SQLITE, Shop
from tests.reading import FILES, kind_of, rows_in, sales, written

# What programs write, and what our own export does.
ALL = sorted([*FILES.iterdir(), *FILES.with_name("exported").iterdir()])
TIMES = int(os.environ.get("APPRECIATION_FUZZ", "4000")) // len(ALL)
_ODD = [
    *(bytes([sign]) for sign in b"\",\n\r;\0\xff=:'\t /"),
    *(b"BEGIN:VCARD\n", b"END:VCARD\n", b"\xef\xbb\xbf", b"=\n", b"99", b"--"),
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return ``data`` with some bytes cut, doubled, swapped, or something odd put between."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made) + 1)
        what = chance.randrange(5)
        if what == 0:
            del made[at : at + chance.randint(1, 40)]
        elif what == 1:
            made[at:at] = chance.choice(_ODD)
        elif what == 2 and made:
            made[at % len(made)] = chance.randrange(256)
        elif what == 3:
            made[at:at] = made[at : at + chance.randint(1, 200)]
        else:
            made = made[: max(at, 1)]
    return bytes(made)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_no_broken_file_raises_what_is_not_ours_and_each_row_has_its_line(
    path: Path, tmp_path: Path
) -> None:
    chance = random.Random(path.name)
    data, file = path.read_bytes(), tmp_path / path.name
    for _ in range(TIMES):
        file.write_bytes(broken := mutated(data, chance))
        try:
            if (known := kind_of(file)) is None:
                continue
            lines = [row.line for row in rows_in(file)]
        except AppreciationError:
            continue
        assert lines == sorted(lines) or path.suffix == ".csv", broken
        assert len(lines) == len(set(lines)), broken
        assert not uncounted(file, set(lines), among=known[0]), broken


@ON_SQLITE
def test_no_broken_file_breaks_an_import(shop: Shop) -> None:
    for path in ALL:
        chance = random.Random(f"taken in: {path.name}")
        data, file = path.read_bytes(), shop.folder / path.name
        for number in range(TIMES // 50 + 1):
            file.write_bytes(mutated(data, chance))
            do = imports.apply if number % 4 == 0 else imports.plan
            with contextlib.suppress(AppreciationError):
                do(shop.app, file, Wishes(dates="day-first", decimal="point"))


def uncounted(file: Path, rows: set[int], *, among: str) -> list[int]:
    """Return the lines that hold something and are in no row, found without any reader.

    In a table that is every line from the first row on which neither begins a
    row nor can continue one, since no quotation mark was opened; among cards
    it is every BEGIN (a card within a card is no row, so files with those are left out).
    """
    text = [line.strip() for line in lines_of(file)]
    if among == "vcard":
        begun = {at for at, line in enumerate(text, 1) if line.upper() == "BEGIN:VCARD"}
        return [] if "AGENT" in "".join(text).upper() else sorted(begun ^ rows)
    missed, may_go_on = [], True
    for at, line in enumerate(text, 1):
        if at in rows:
            may_go_on = '"' in line
        elif line and not may_go_on and at > min(rows, default=0):
            missed.append(at)
    return missed


@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=12))
def test_every_record_that_a_program_writes_is_one_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    clean = [[cell.replace("\0", "") for cell in row] for row in rows]
    file = tmp_path_factory.getbasetemp() / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([["Name", "Email", "Notes"], *clean])

    read = list(Sheet(file, ("Name", "Email", "Notes"), ",", 1).rows())

    assert [row[1] for row in read if isinstance(row, tuple)] == [row for row in clean if any(row)]


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "Nd", "P", "Zs"]), min_size=1)
BORN = st.dates(date(1900, 1, 1), date(2026, 11, 21))


def _escaped(text: str) -> str:
    for sign in "\\,;":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    return "\r\n ".join(line[at : at + 60] for at in range(0, max(len(line), 1), 60))


@settings(max_examples=200)
@given(
    name=NAMES.filter(lambda name: any(map(str.isalpha, name))), born=BORN, yearless=st.booleans()
)
def test_a_card_that_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, born: date, *, yearless: bool
) -> None:
    day = YearlyDay(born.month, born.day, None if yearless else born.year)
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(name)}", f"BDAY:{day}", "END:VCARD", ""]
    file = tmp_path_factory.getbasetemp() / "one.vcf"
    file.write_text("\r\n".join(map(_folded, lines)), encoding="utf-8", newline="")

    (person,) = rows_in(file)

    assert isinstance(person, Person)
    assert person.name == " ".join(name.split())
    assert person.dates[0].day == day


def test_a_hundred_thousand_open_quotes_end(tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Email\n" + '"x\n' * 20_000 + "Ann,\n")

    rows = rows_in(file)

    assert sum(isinstance(row, Unreadable) for row in rows) >= 10_000


def test_a_cell_as_long_as_a_book_costs_one_row(tmp_path: Path) -> None:
    file = written(tmp_path, f"Order ID,Date,Customer,Total\n1,2026-11-20,{'x' * 200_000},1\n"
                             "2,2026-11-20,Ann,1\n")  # fmt: skip

    rows = rows_in(file)

    assert [type(row).__name__ for row in rows] == ["Unreadable", "Sale"]
    assert sales(rows)[0].number == "2"
