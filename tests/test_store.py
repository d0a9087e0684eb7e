"""The store: made, checked, brought up to date, and held to what it promises on each database."""

import contextlib
import os
import shutil
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from appreciation.dates import YearlyDay
from appreciation.errors import NotSetUp
from appreciation.store import migrating
from appreciation.store.engine import Store
from appreciation.store.tables import Base, Customer, Note, Rest
from tests.conftest import NOON, ON_SQLITE, Shop
from tests.processes import ROOT, Programs

# What a later version of the program might bring.
REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None

def upgrade():
    op.add_column("customers", sa.Column("favourite", sa.String()))
    {more}
"""


def asked(store: Store, words: str) -> list[object]:
    """Return the first row of the answer, straight from the database."""
    with store.engine.connect() as connection:
        return list(connection.execute(text(words)).one())


def test_the_migrations_lead_to_exactly_the_tables_we_declare(shop: Shop) -> None:
    with shop.app.store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, Base.metadata) == []


def test_every_rule_of_a_table_stands_in_the_store_too(shop: Shop) -> None:
    """Alembic compares no CHECK: the database must refuse what the tables forbid."""
    shop.customer()
    shop.birthday(1, YearlyDay(4, 12))
    for wrong in (
        "UPDATE customers SET kind = 'alien'",
        "UPDATE special_dates SET month_day = 1301",
    ):
        with pytest.raises(IntegrityError), shop.app.store.writing() as session:
            session.execute(text(wrong))


@pytest.mark.parametrize(
    "wrong", ["UPDATE notes SET state = 'lost'", "UPDATE notes SET channel = 'pigeon'"]
)
def test_the_database_refuses_a_state_or_channel_that_does_not_exist(
    shop: Shop, wrong: str
) -> None:
    shop.customer(born="1990-11-21")
    shop.run()

    with pytest.raises(IntegrityError), shop.app.store.writing() as session:
        session.execute(text(wrong))


def test_a_note_refuses_a_state_that_does_not_exist(shop: Shop) -> None:
    shop.customer(born="1990-11-21")
    shop.run()

    with (
        pytest.raises(StatementError, match="'lost' is not a valid NoteState"),
        shop.app.store.writing() as session,
    ):
        session.execute(update(Note).values(state="lost"))


def test_a_moment_comes_back_aware_and_in_utc(shop: Shop) -> None:
    in_india = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with shop.app.store.writing() as session:
        session.add(
            Rest(backend="smtp", since_at=in_india, until_at=in_india, times=1, why="closed")
        )

    with shop.app.store.reading() as session:
        kept = session.get_one(Rest, "smtp").until_at

    assert kept == in_india
    assert kept.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(shop: Shop) -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - that is what is refused
    with (
        pytest.raises(StatementError, match="has no time zone"),
        shop.app.store.writing() as session,
    ):
        session.add(Rest(backend="smtp", since_at=naive, until_at=naive, times=1, why="closed"))


def test_the_whole_road_comes_to_the_same_on_every_database(shop: Shop) -> None:
    shop.opened("[tact]\ntogether = '0d'\n")
    ada = shop.customer(born="1990-11-21")
    bob = shop.customer("Bob Hope", born="--11-22", address="Hauptstr. 2\n10115 Berlin")
    cleo = shop.customer("Cleo King", email=None)
    shop.order(ada)
    shop.meeting(bob)
    shop.referral(bob, ada)
    shop.meeting(cleo)
    shop.hold(shop.customer("Dora Day", born="1980-11-21"))

    first = shop.run()
    shop.approve_all()
    second = shop.run()
    shop.clock.sleep(days=1)
    third = shop.run()

    assert first == {"found": 7, "drafted": 5, "blocked": 1}
    assert second == {"sent": 4}
    assert third == {"sent": 1}
    states = Counter(note.state.value for note in shop.notes())
    assert states == {"sent": 5, "blocked": 1, "found": 1}
    assert shop.run() == {}


def test_a_failure_within_a_look_for_occasions_leaves_the_store_usable(shop: Shop) -> None:
    shop.customer(born="1990-11-21")
    with shop.app.store.writing() as session:
        session.execute(text("ALTER TABLE notes RENAME TO away"))

    with pytest.raises(Exception, match=r"no such table: notes|relation \"notes\" does not exist"):
        shop.app.find()

    with shop.app.store.writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO notes"))
    assert shop.app.find()["found"] == 1


# What SQLite does for us.


@ON_SQLITE
def test_sqlite_keeps_a_log_and_checks_what_points_where(shop: Shop) -> None:
    assert asked(shop.app.store, "PRAGMA journal_mode") == ["wal"]
    assert asked(shop.app.store, "PRAGMA foreign_keys") == [1]
    assert asked(shop.app.store, "PRAGMA busy_timeout") == [30_000]
    with pytest.raises(IntegrityError), shop.app.store.writing() as session:
        session.execute(text("INSERT INTO holds (customer_id, why, created_at) VALUES (7, '', 0)"))


@ON_SQLITE
def test_only_what_must_survive_a_power_failure_waits_for_the_disk(shop: Shop) -> None:
    levels = []
    for opened in (
        shop.app.store.synced,
        shop.app.store.writing,
        shop.app.store.synced,
    ):
        with opened() as session:
            levels.append(session.scalar(text("PRAGMA synchronous")))

    assert levels == [2, 1, 2]


@ON_SQLITE
def test_one_who_reads_and_then_writes_waits_for_another_writer(shop: Shop) -> None:
    """Without the lock taken at once, the second would fail without waiting."""
    shop.customer()
    entered = threading.Barrier(2)

    def rename(more: str) -> None:
        entered.wait()
        for _ in range(50):
            with shop.app.store.writing() as session:
                customer = session.scalars(select(Customer)).one()
                customer.name += more

    threads = [threading.Thread(target=rename, args=(more,)) for more in "xy"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with shop.app.store.reading() as session:
        name = session.scalars(select(Customer.name)).one()
    assert Counter(name) >= Counter(x=50, y=50)


def test_what_fails_leaves_nothing_behind(shop: Shop) -> None:
    with pytest.raises(IntegrityError), shop.app.store.writing() as session:  # noqa: PT012
        session.execute(insert(Rest).values(backend="smtp", until_at=NOON, times=1, why="closed"))
        session.execute(text("INSERT INTO rests (backend) VALUES ('smtp')"))

    with shop.app.store.reading() as session:
        assert session.get(Rest, "smtp") is None


# What is wrong with a store, and what to type.


Act = Callable[[Store], object]


def bring_up(store: Store) -> None:
    """Do what ``migrate`` does."""
    migrating.migrate(store, backup_name="before.db")


def make(store: Store) -> None:
    """Do what ``init`` does."""
    migrating.migrate(store, backup_name="")
    migrating.check(store)


EVERY_ACT = pytest.mark.parametrize("act", [migrating.check, bring_up, make])


def told(url: str, act: Act = migrating.check) -> list[str]:
    """Return what is wrong with the store at ``url``, and the mend."""
    with contextlib.closing(Store(url)) as store, pytest.raises(NotSetUp) as refused:
        act(store)
    return [str(refused.value), refused.value.mend]


def test_a_store_that_is_not_there_is_made_by_init(tmp_path: Path) -> None:
    assert told(f"sqlite:///{tmp_path}/shop.db") == [
        f"there is no store at {tmp_path}/shop.db",
        "appreciation init",
    ]


def test_a_look_at_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(NotSetUp, match="there is no store"):
        migrating.check(Store(f"sqlite:///{tmp_path}/shop.db"))

    assert list(tmp_path.iterdir()) == []


def test_an_empty_store_is_made_by_init(tmp_path: Path) -> None:
    (tmp_path / "shop.db").touch()

    assert told(f"sqlite:///{tmp_path}/shop.db") == [
        f"{tmp_path}/shop.db is empty",
        "appreciation init",
    ]


def test_an_empty_database_of_a_server_is_made_by_init(bare_postgres_url: str) -> None:
    wrong, mend = told(bare_postgres_url)

    assert wrong.endswith(" is empty")
    assert mend == "appreciation init"
    with contextlib.closing(Store(bare_postgres_url)) as store:
        make(store)


@EVERY_ACT
def test_a_database_of_something_else_is_left_alone(tmp_path: Path, act: Act) -> None:
    file = tmp_path / "photos.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE photos (id)")
    connection.close()

    assert told(f"sqlite:///{tmp_path}/photos.db", act) == [
        f"{file} is a database, but not one of ours",
        "name another one as [store] url in the settings",
    ]
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]
    connection.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert told(f"sqlite:///{tmp_path}/data/shop.db", make) == [
        f"there is no folder {tmp_path}/data for the store",
        f"mkdir -p {tmp_path}/data",
    ]


@EVERY_ACT
def test_a_text_file_is_no_store(tmp_path: Path, act: Act) -> None:
    (tmp_path / "notes.txt").write_text("Remember Ada's birthday!\n" * 100, encoding="utf-8")

    wrong, mend = told(f"sqlite:///{tmp_path}/notes.txt", act)

    assert wrong == f"the store {tmp_path}/notes.txt cannot be opened: file is not a database"
    assert mend.startswith("check [store] url")


def test_a_store_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.db").mkdir()

    wrong, _ = told(f"sqlite:///{tmp_path}/shop.db")

    assert wrong.endswith("cannot be opened: unable to open database file")


@ON_SQLITE
def test_a_store_that_may_not_be_read_is_told(shop: Shop, programs: Programs) -> None:
    file = shop.folder / "appreciation.db"
    shop.app.store.close()
    file.chmod(0o000)
    if os.access(file, os.R_OK) and shutil.which("setpriv") is None:
        pytest.skip("root reads every file, and there is no setpriv to be less than root")
    less_than_root = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    as_owner = less_than_root if os.access(file, os.R_OK) else []

    status, said = programs.done(
        "status", program=[*as_owner, sys.executable, "-m", "appreciation"]
    )

    assert status == 4
    assert f"{file} cannot be opened: unable to open database file" in said
    assert "Traceback" not in said


@EVERY_ACT
def test_a_server_out_of_reach_is_told_without_its_password(act: Act) -> None:
    url = "postgresql://rosa:secret@127.0.0.1:1/shop"

    wrong, mend = told(url, act)

    assert wrong.startswith("the store postgresql://rosa:***@127.0.0.1:1/shop cannot be")
    assert "secret" not in wrong
    assert mend.startswith("check [store] url")


# Another version.


@pytest.fixture
def later_version(tmp_path: Path) -> Path:
    """The program as it may be one day: this one, and one migration more."""
    folder = tmp_path / "later"
    for name in ("appreciation", "migrations", "templates"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    add_revision(folder)
    return folder


def add_revision(folder: Path, more: str = "") -> None:
    versions = folder / "migrations" / "versions"
    head = max(path.name for path in (ROOT / "migrations" / "versions").glob("0*.py"))
    (versions / "9999_later.py").write_text(REVISION.format(head=head[:4], more=more))


def as_later(folder: Path) -> list[str]:
    """Return how to start the program that lies in ``folder``."""
    start = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from appreciation.cli import run; run()"
    )
    return [sys.executable, "-c", start, str(folder)]


def columns(url: str) -> set[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = set(connection.execute(text("SELECT * FROM customers")).keys())
    engine.dispose()
    return found


def test_an_older_store_is_brought_up_to_date_by_migrate_and_by_nothing_else(
    shop: Shop, programs: Programs, later_version: Path
) -> None:
    shop.customer()
    shown, url = shop.app.store.shown, shop.app.store.url
    shop.close()
    later = as_later(later_version)
    older = (
        f"error: {shown} was made by an older version of appreciation\n"
        " mend: appreciation migrate\n"
    )

    assert programs.done("run", "--once", program=later) == (4, older)
    status, said = programs.done("init", program=later)
    assert (status, said.endswith(older)) == (4, True)
    assert "favourite" not in columns(url)

    status, said = programs.done("migrate", program=later)
    assert status == 0, said
    assert "favourite" in columns(url)
    assert "Ada Lovelace" in programs.done("customer", "list", program=later)[1]
    assert programs.done("migrate", program=later) == (0, f"{shown} is of this version\n")


@ON_SQLITE
def test_an_older_sqlite_store_is_copied_before_it_is_changed(
    shop: Shop, programs: Programs, later_version: Path
) -> None:
    shop.customer()
    shop.app.store.close()

    _, said = programs.done("migrate", program=as_later(later_version))

    (copy,) = shop.folder.glob("appreciation-before-*.db")
    assert said.startswith(f"copy of before: {copy}\n")
    assert "favourite" not in columns(f"sqlite:///{copy}")
    migrating.check(store := Store(f"sqlite:///{copy}"))
    with store.reading() as session:
        assert session.scalars(select(Customer.name)).all() == ["Ada Lovelace"]
    store.close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    shop: Shop, programs: Programs, later_version: Path
) -> None:
    shop.customer()
    add_revision(later_version, more="op.execute('SELECT 1 FROM nowhere')")

    status, _ = programs.done("migrate", program=as_later(later_version))

    assert status != 0
    assert "favourite" not in columns(shop.app.store.url)
    migrating.check(shop.app.store)


@pytest.mark.parametrize("command", ["status", "init", "migrate"])
def test_a_newer_store_is_left_alone(
    shop: Shop, programs: Programs, later_version: Path, command: str
) -> None:
    assert programs.done("migrate", program=as_later(later_version))[0] == 0

    status, said = programs.done(command)

    assert status == 4, said
    assert said.endswith(
        f"error: {shop.app.store.shown} was made by a newer version of appreciation"
        " (its schema is 9999)\n mend: pip install --upgrade appreciation\n"
    )


def test_each_revision_lies_in_a_file_that_begins_with_its_name() -> None:
    chain = ScriptDirectory.from_config(migrating.alembic_config()).walk_revisions()

    assert migrating.revisions() == [each.revision for each in chain][::-1]
