"""``import`` and ``imports`` as a person, or a script, types them; and what a power cut leaves."""

from pathlib import Path

import pytest

from appreciation.store.tables import Customer, Order
from tests.conftest import ON_SQLITE, Shop
from tests.processes import Programs, wait_until
from tests.terminal import Terminal

REPORT = [
    "kind",
    "rows",
    "new",
    "updated",
    "same",
    "needs_a_look",
    "unreadable",
    "applied",
    "import_id",
    "notes",
    "told",
    "remarks",
    "sample",
]
IMPORT = [
    "id",
    "kind",
    "file",
    "imported_at",
    "rows",
    "new",
    "updated",
    "same",
    "needs_a_look",
    "unreadable",
    "undone_at",
]
PEOPLE = "Name,Email,Birthday\nZoë Müller,zoe@example.org,--11-25\nBad,bad@@example,\n"


@pytest.fixture
def people(tmp_path: Path) -> str:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return "people.csv"


def test_a_look_a_yes_and_a_way_back(shop_at: Terminal, people: str) -> None:
    looked = shop_at("import", people)
    assert "people.csv: customers, 2 rows: 1 new, 1 unreadable" in looked
    assert "Zoë Müller, zoe@example.org, birthday November 25" in looked
    assert "line 3 cannot be read: 'bad@@example' is no email address" in looked
    assert "It would cause 1 note." in looked
    assert shop_at.json("customer list") == []

    taken = shop_at("import", people, "--apply")
    number = taken.split()[-1]
    assert f"appreciation imports undo {number}" in taken
    assert len(shop_at.json("customer list")) == 1
    assert "line" in shop_at(f"imports show {number}")

    assert "taken back: 1 special date, 1 customer" in shop_at(f"imports undo {number}")
    assert shop_at.json("customer list") == []
    assert "undone" in shop_at("imports list")


def test_rows_that_need_a_look_are_no_failure_of_the_command(
    shop_at: Terminal, people: str
) -> None:
    assert shop_at.json("import", people)["unreadable"]
    assert shop_at.json("import", people, "--apply")["unreadable"]


def test_the_keys_of_json_are_a_contract(shop_at: Terminal, people: str) -> None:
    planned = shop_at.json("import", people)
    applied = shop_at.json("import", people, "--apply")

    assert list(planned) == list(applied) == REPORT
    assert (planned["applied"], planned["import_id"]) == (False, None)
    assert applied["applied"]
    number = applied["import_id"]
    assert applied["unreadable"] == [{"line": 3, "reason": "'bad@@example' is no email address"}]
    assert list(shop_at.json("imports list")[0]) == IMPORT
    assert list(shop_at.json(f"imports show {number}")) == [*IMPORT, "told"]
    assert shop_at.json(f"imports undo {number}")["customers"] == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "flags", "told", "mend", "status"),
    [
        ("Name,Birthday\nAda,03/04/1980\n", "", "two days", "--dates day-first", 3),
        ("Wer,Was\nAda Lee,x\n", "", "nobody knows", "--map 'Wer=name'", 3),
        ("Name\nAda\n", "--as hat", "no kind of file 'hat'", "shopify-orders", 2),
        ("Name\nAda\n", "--as google", "no google file", "without --as", 1),
        ("Name\nAda\n", "--dates never", "--dates cannot be 'never'", "day-first", 2),
        ("Name\nAda\n", "--map Name", "names no column", "--map", 2),
        ("\0\1", "", "no file that we know", "save it as CSV", 1),
        ("", "", "is empty", "export it once more", 1),
        ("foo,bar\n1,2\n", "", "nobody knows", "--map 'foo=name'", 3),
    ],
)
def test_what_cannot_be_taken_in_is_told_in_two_lines(
    shop_at: Terminal,
    tmp_path: Path,
    words: str,
    flags: str,
    told: str,
    mend: str,
    status: int,
) -> None:
    (tmp_path / "file.csv").write_text(words)

    wrong, how = shop_at.refused(f"import file.csv {flags}", status=status)

    assert told in wrong
    assert mend in how


@ON_SQLITE
def test_a_file_that_is_not_there_is_told(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert shop_at.refused("import folder", status=1)[0] == "folder is a folder"
    assert shop_at.refused("import none.csv", status=1)[0] == "there is no file none.csv"
    assert shop_at.refused("imports show 7", status=1)[0] == "there is no import 7"


@ON_SQLITE
def test_a_flag_settles_what_a_column_leaves_open(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("Name,Birthday\nAda,03/04/1980\n")

    shop_at("import file.csv --dates day-first --apply")

    assert shop_at.json("customer list")[0]["birthday"] == "1980-04-03"


def test_a_power_cut_half_way_leaves_the_store_as_it_was(
    shop: Shop, programs: Programs, tmp_path: Path
) -> None:
    rows = "".join(f"{n},2020-01-01,Ann {n},ann{n}@example.org,1.00\n" for n in range(15_000))
    file = tmp_path / "orders.csv"
    file.write_text("Order ID,Date,Customer,Email,Total\n" + rows)
    shop.customer("Ada Lovelace")
    shop.app.store.close()

    for number in range(2):
        program = programs.start("import", str(file), "--apply")
        wal = shop.folder / "appreciation.db-wal"
        if shop.app.store.is_sqlite:
            # Far into it: what it wrote no longer fits into memory.
            size = (number + 1) * 200_000
            wait_until(lambda: wal.exists() and wal.stat().st_size > size, what="it writes")  # noqa: B023
        else:
            wait_until(lambda: _is_writing(shop), what="it writes")
        program.kill()

        with shop.app.store.reading() as session:
            assert session.query(Customer).count() == 1
            assert session.query(Order).count() == 0

    assert programs.done("import", str(file), "--apply", "--json")[0] == 0
    with shop.app.store.reading() as session:
        assert session.query(Order).count() == 15_000


def _is_writing(shop: Shop) -> bool:
    from sqlalchemy import text

    with shop.app.store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT pg_stat_get_tuples_inserted('orders'::regclass), count(*) FROM"
                 " pg_locks WHERE relation = 'orders'::regclass AND mode = 'RowExclusiveLock'")
        ).one()  # fmt: skip
        return bool(rows[1])
