"""Files that are put into a folder and taken in by themselves."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from appreciation import watching
from appreciation.dates import utc_now
from appreciation.errors import AppreciationError
from appreciation.store.tables import Customer
from tests.conftest import ON_SQLITE, Shop
from tests.processes import wait_until
from tests.test_daemon import at_work

pytestmark = ON_SQLITE

PEOPLE = "Name,Email\nAda Lovelace,ada@example.org\n"


@pytest.fixture
def watched(shop: Shop) -> Path:
    """A folder that is watched."""
    shop.opened("[import]\nwatch = 'to-import'\n")
    folder = shop.folder / "to-import"
    folder.mkdir()
    return folder


def put(shop: Shop, folder: Path, name: str, words: str, *, ago: int = 60) -> Path:
    file = folder / name
    file.write_text(words)
    written_at = (shop.clock() - timedelta(seconds=ago)).timestamp()
    os.utime(file, (written_at, written_at))
    return file


def customers(shop: Shop) -> int:
    with shop.app.store.reading() as session:
        return session.query(Customer).count()


def test_a_file_is_taken_in_and_moved_with_a_report(shop: Shop, watched: Path) -> None:
    put(shop, watched, "people.csv", PEOPLE)

    (taken,) = watching.take_all(shop.app)

    assert customers(shop) == 1
    assert taken.moved_to == watched / "done" / "people.csv"
    assert taken.moved_to.read_text() == PEOPLE
    report = (watched / "done" / "people.csv.report.txt").read_text()
    assert "1 new" in report
    assert "appreciation imports undo 1" in report
    assert watching.take_all(shop.app) == []


def test_a_file_with_an_odd_row_is_taken_in_but_for_that_and_put_where_it_is_seen(
    shop: Shop, watched: Path
) -> None:
    put(shop, watched, "people.csv", PEOPLE + "Bad,bad@@example\n")

    (taken,) = watching.take_all(shop.app)

    assert customers(shop) == 1
    assert taken.moved_to == watched / "needs-a-look" / "people.csv"
    report = (watched / "needs-a-look" / "people.csv.report.txt").read_text()
    assert "line 3 (unreadable): 'bad@@example' is no email address" in report


def test_a_file_that_cannot_be_read_stops_no_other(shop: Shop, watched: Path) -> None:
    put(shop, watched, "a.csv", "Name,Birthday\nAda,03/04/1980\n")
    put(shop, watched, "b.bin", "\0\1\2")
    put(shop, watched, "c.csv", PEOPLE)

    moved = [taken.moved_to.parent.name for taken in watching.take_all(shop.app)]

    assert moved == ["needs-a-look", "needs-a-look", "done"]
    told = (watched / "needs-a-look" / "a.csv.report.txt").read_text()
    assert "--dates day-first" in told


def test_a_file_of_the_same_name_overwrites_none(shop: Shop, watched: Path) -> None:
    for _ in range(3):
        put(shop, watched, "people.csv", PEOPLE)
        watching.take_all(shop.app)

    assert {file.name for file in (watched / "done").glob("*.csv")} == {
        "people.csv",
        "people 2.csv",
        "people 3.csv",
    }
    assert customers(shop) == 1


def test_whoever_waits_for_a_large_file_is_told_that_it_goes_on(shop: Shop, watched: Path) -> None:
    rows = "".join(f"Ann {n},a{n}@example.org\n" for n in range(2_500))
    put(shop, watched, "large.csv", f"Name,Email\n{rows}")
    lines: list[int] = []

    watching.take_all(shop.app, lines.append)

    assert lines == [2_001, 2_501]


def test_a_file_that_is_still_written_to_waits(shop: Shop, watched: Path) -> None:
    put(shop, watched, "people.csv", PEOPLE, ago=1)
    put(shop, watched, "people.csv.part", PEOPLE)
    put(shop, watched, ".people.csv", PEOPLE)

    assert watching.take_all(shop.app) == []


def test_a_folder_that_cannot_be_made_is_told(shop: Shop) -> None:
    (shop.folder / "file").touch()
    shop.opened("[import]\nwatch = 'file'\n")

    with pytest.raises(AppreciationError, match="cannot be moved"):
        watching.take_all(shop.app)


def test_the_daemon_takes_in_what_lies_there(shop: Shop, watched: Path) -> None:
    shop.clock.now = utc_now()
    put(shop, watched, "people.csv", PEOPLE)

    with at_work(shop.app):
        wait_until((watched / "done" / "people.csv").exists, what="the file was moved")

    assert customers(shop) == 1
