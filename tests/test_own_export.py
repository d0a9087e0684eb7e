"""What `export --all` writes: safe in a spreadsheet, and taken in again to the same store."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from appreciation import imports
from appreciation.imports import Wishes
from appreciation.stages import intake
from appreciation.stages.importing.report import End
from appreciation.store import exporting
from appreciation.store.imports import the_import
from appreciation.store.tables import (
    OPEN,
    Base,
    Customer,
    Note,
    NoteState,
    Order,
    Origin,
    SpecialDate,
    Suppression,
)
from appreciation.store.undoing import undo
from tests.conftest import Shop

# Rightly not carried, each with its reason; every other table must be the same.
NOT_CARRIED = {
    "attempts": "how a note left, told by the notes themselves",
    "batches": "what was printed together, in the print folder",
    "buyers": "counted anew of their orders",
    "digests": "what the old store told its owner",
    "digested_notes": "what the old store told its owner",
    "bounces": "mails that came back; what follows from them is in suppressions and notes",
    "forgotten": "hashes that nobody can use without the store's own key",
    "import_changes": "what only an undo in the old store needs",
    "imported_rows": "the files that the old store took in",
    "imports": "the files that the old store took in",
    "instance": "which store it is",
    "mappings": "the owner is asked once more",
    "merges": "what only an unmerge in the old store needs",
    "planned": "how far this daemon has looked",
    "rests": "a server that is down now",
    "standings": "found anew each night",
    "workers": "who works on the old store",
}
# Each occasion has a note of its own.
APART = "[tact]\ntogether = '0d'\n"
# Every row has them, and they tell of the store and not of the customer.
OF_THE_STORE = {
    *("created_at", "updated_at", "import_id", "drafted_at", "approved_at", "batch_id"),
    *("worker_id", "lease_token", "lease_until", "sequence", "about_id", "on_time_until"),
    *("expires_at", "try_at"),
    # How what has left was printed: its own batch alone knows what to do with that.
    "look",
}
# Moments of which only matters whether there was one.
WHETHER = {"considered_at", "opted_out_at", "deceased_at"}


def full(shop: Shop) -> None:
    """Fill the shop with all that an export holds, odd things too."""
    shop.opened(APART)
    shop.customer(
        "=cmd|' /C calc'!A0 Zoë", email="zoe@example.org", born="--11-21", phone="+49 170 1234567",
        address="Am Tor 3\n10115 Berlin", country="DE", language="de", timezone="Asia/Tokyo",
        about='-likes, "rye"\nand more', call_name="@Zoë", envelope_name="'90s Zoë",
        formality="informal", hand="Kalam",
    )  # fmt: skip
    shop.customer("Kessler & Sons", kind="company", email=None, opted_out_at=shop.clock())
    shop.customer("Name Only", email=None, email_consent=False, post_consent=False)
    shop.order(1, number="-1001", items="=two loaves")
    shop.order(1, cents=-500)
    for _ in range(2):
        shop.order(2, ago=40)
    shop.meeting(3, place="the market", ago=3)
    shop.referral(1, 3)
    shop.referral(2, "Somebody New")
    shop.hold(2, "order returned", date(2027, 1, 10))
    shop.hold(3)
    with shop.app.store.writing() as session:
        zoe, name_only = session.get_one(Customer, 1), session.get_one(Customer, 3)
        intake.release(name_only, shop.clock())
        zoe.dates.append(
            SpecialDate(
                kind="birthday", whose="daughter Mia", month_day=620, created_at=shop.clock()
            )
        )
        for words in ("four daughters", "'t Hof belongs to her", "-5 °C is no weather to her"):
            intake.add_fact(session, zoe, words, shop.clock())
        wedding = intake.Expected("wedding", shop.today.year + 1, 300_000, "EUR")
        intake.add_life_event(session, zoe, wedding, shop.clock(), shop.today)
        guests = intake.Purchase(shop.today - timedelta(days=1), 320, "EUR")
        for _ in range(2):
            intake.add_order(session, None, guests, shop.clock())
        paid = session.scalars(select(Order).order_by(Order.id)).all()
        for order, cents in ((paid[0], 250), (paid[2], None), (paid[-1], 100)):
            intake.refund(session, order, cents, shop.today, shop.clock())
        session.add(Origin(source="square", key="SQ1", customer_id=1))
        session.add(
            Suppression(address="old@example.org", why="it was lost", created_at=shop.clock())
        )


def lived(shop: Shop) -> None:
    """Let a note of each outcome be there, and nothing that is still open."""
    shop.run()
    shop.approve_all()
    shop.run()
    with shop.app.store.writing() as session:
        for note in session.scalars(select(Note).where(Note.state.in_(OPEN))):
            note.state, note.reason = NoteState.SKIPPED, "nobody liked it"


def written(shop: Shop, folder: Path) -> list[Path]:
    with shop.app.store.reading() as session:
        return exporting.write_all(session, folder)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Shop]:
    """An empty shop beside the first."""
    (tmp_path / "other").mkdir()
    made = Shop(tmp_path / "other")
    made.opened(APART)
    yield made
    made.close()


def rows(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Return what every row of the shop tells of its customers, by table, in the order of ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    with shop.app.store.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in NOT_CARRIED:
                continue
            query = select(table).order_by(table.c.id)
            found[table.name] = [_told(dict(row)) for row in session.execute(query).mappings()]
    # What the other store was called by, and its numbers for what was written of.
    found["origins"] = [each | {"id": None} for each in found["origins"] if each["source"] != "own"]
    for note in found["notes"]:
        note["occurrence"] = note["occurrence"].rpartition("-")[2]
    return found


def _told(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name not in OF_THE_STORE}
    for name in told.keys() & WHETHER:
        told[name] = told[name] is not None
    if row.get("body"):
        told["body"] = row["body"].strip()
    return told


def test_what_was_exported_is_imported_to_the_same_store(
    shop: Shop, other: Shop, tmp_path: Path
) -> None:
    full(shop)
    lived(shop)

    for file in written(shop, tmp_path / "all"):
        report = imports.apply(other.app, file, Wishes())
        assert set(report.counts) <= {End.NEW}, (file, report.told)

    first, second = rows(shop), rows(other)
    assert first.keys() == second.keys()
    for name, theirs in first.items():
        assert theirs, f"the test has nothing of {name}"
        assert second[name] == theirs, name


def test_nobody_is_written_to_again_from_the_store_that_took_an_export_in(
    shop: Shop, other: Shop, tmp_path: Path
) -> None:
    full(shop)
    lived(shop)
    for file in written(shop, tmp_path / "all"):
        imports.apply(other.app, file, Wishes())

    assert other.run() == {}


def test_what_had_not_left_is_written_anew_after_an_import(
    shop: Shop, other: Shop, tmp_path: Path
) -> None:
    full(shop)
    shop.run()
    waiting = shop.notes(state=NoteState.WAITING)
    assert {note.occasion for note in waiting} >= {"order", "birthday"}

    for file in written(shop, tmp_path / "all"):
        imports.apply(other.app, file, Wishes())
    other.run()

    again = other.notes(state=NoteState.WAITING)
    assert {(each.customer_id, each.occasion) for each in again} == {
        (each.customer_id, each.occasion) for each in waiting
    }


def test_the_import_of_an_export_is_taken_back_to_the_last_row(
    shop: Shop, other: Shop, tmp_path: Path
) -> None:
    full(shop)
    lived(shop)
    made = [
        imports.apply(other.app, file, Wishes()).import_id
        for file in written(shop, tmp_path / "all")
    ]

    with other.app.store.writing() as session:
        for import_id in reversed(made):
            assert import_id is not None
            undo(session, the_import(session, import_id), other.clock())

    assert {name: told for name, told in rows(other).items() if told} == {}


def test_an_export_changes_nothing_in_its_own_store(shop: Shop, tmp_path: Path) -> None:
    full(shop)
    lived(shop)
    before = rows(shop)

    for file in written(shop, tmp_path / "all"):
        report = imports.apply(shop.app, file, Wishes())
        assert set(report.counts) <= {End.SAME}, (file, report.told)

    assert rows(shop) == before


def test_no_cell_of_an_export_is_a_formula(shop: Shop, tmp_path: Path) -> None:
    full(shop)
    lived(shop)

    for file in written(shop, tmp_path):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            cells = [cell for row in csv.reader(opened) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))], (
            file.name
        )


def test_what_is_carried_must_be_known_before_a_file_can_tell_of_it(
    shop: Shop, other: Shop, tmp_path: Path
) -> None:
    full(shop)
    files = {file.stem: file for file in written(shop, tmp_path)}

    report = imports.apply(other.app, files["facts"], Wishes())

    assert report.counts == {End.NEEDS_A_LOOK: 3}
    assert "import customers first" in report.told[0].reason


@pytest.mark.parametrize(
    ("stem", "header", "cell"),
    [
        ("notes", "State", "gone fishing"),
        ("notes", "Due at", "2026-11-20"),
        ("notes", "Channel", "pigeon"),
        ("life-events", "Year", "next"),
        ("life-events", "Cents", "9" * 30),
        ("holds", "Until", "some day"),
        ("facts", "Words", ""),
    ],
)
def test_a_cell_that_somebody_spoilt_costs_its_row_only(
    shop: Shop, tmp_path: Path, stem: str, header: str, cell: str
) -> None:
    full(shop)
    lived(shop)
    (file,) = [each for each in written(shop, tmp_path) if each.stem == stem]
    with file.open(encoding="utf-8-sig", newline="") as opened:
        head, first, *others = list(csv.reader(opened))
    first[head.index(header)] = cell
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([head, first, *others])

    report = imports.apply(shop.app, file, Wishes())

    assert report.counts[End.UNREADABLE] == 1
    assert report.counts[End.SAME] == len(others)
