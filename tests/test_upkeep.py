import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appreciation import upkeep
from appreciation.delivery.base import Begin, Letter, Outcome, Result
from appreciation.errors import AppreciationError, Busy
from appreciation.stages import review
from appreciation.store import instance, migrating, workers
from appreciation.store.batches import open_batch
from appreciation.store.engine import Store
from appreciation.store.tables import Customer, Note, NoteState
from tests.conftest import Shop, StillClock
from tests.databases import Databases
from tests.postgres import PostgresServer

ADA, BERTA = "Ada Lovelace", "Berta Benz"


class Carrier:
    """A backend that takes everything and cannot take anything back."""

    channel = "email"
    in_batches = False
    repeatable = False
    connections = 1

    def __init__(self) -> None:
        self.left: list[str] = []

    def deliver(self, letters: Iterator[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        for letter in letters:
            assert begin(letter)
            self.left.append(letter.name)
            yield letter, Outcome(Result.SENT, "250 2.0.0 taken")

    def check(self) -> str:
        return "takes everything"


@pytest.fixture
def store_url() -> str:
    """Only SQLite's stores are files, which anybody may copy."""
    return Shop.url


@pytest.fixture
def carrier() -> Carrier:
    """The one mail server that every copy of a shop sends through."""
    return Carrier()


def greets(shop: Shop, name: str, *, approved: bool = True) -> None:
    """Let a note about a meeting be due this morning."""
    shop.meeting(shop.customer(name))
    shop.app.find()
    shop.app.draft()
    if approved:
        shop.approve_all()


def works(shop: Shop, carrier: Carrier) -> dict[str, int]:
    shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]
    return shop.run()


def why_on_hold(shop: Shop) -> str | None:
    held = shop.app.on_hold()
    return held.held_why if held else None


def copy_of(shop: Shop) -> Path:
    """Copy the store as ``appreciation backup`` does."""
    return upkeep.back_up(shop.app)[0]


def elsewhere(shop: Shop, folder: Path, copied: Path) -> Shop:
    """Open a copy of the store, with the same settings, in another folder."""
    folder.mkdir()
    shutil.copy(copied, folder / "appreciation.db")
    return Shop(folder, shop.clock)


def moments_later(shop: Shop) -> None:
    shop.clock.sleep(minutes=1)


# Copies give themselves away.


def test_a_store_that_stays_where_it_is_is_never_held(shop: Shop, carrier: Carrier) -> None:
    for name in (ADA, BERTA):
        greets(shop, name)
        works(shop, carrier)
        shop.opened()

    assert why_on_hold(shop) is None
    assert carrier.left == [ADA, BERTA]


def test_a_copy_in_another_folder_sends_nothing(
    shop: Shop, carrier: Carrier, tmp_path: Path
) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    copied = elsewhere(shop, tmp_path / "copy", copy_of(shop))
    works(shop, carrier)

    assert works(copied, carrier) == {}
    assert carrier.left == [ADA]
    assert "no heartbeat file lies beside it" in (why_on_hold(copied) or "")


def test_a_copy_of_the_whole_folder_on_another_machine_sends_nothing(
    shop: Shop, carrier: Carrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    copied = elsewhere(shop, tmp_path / "copy", copy_of(shop))
    shutil.copy(shop.app.heartbeat, copied.app.heartbeat)
    works(shop, carrier)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another-machine"))

    assert works(copied, carrier) == {}
    assert carrier.left == [ADA]
    assert "it is a copy, or was moved" in (why_on_hold(copied) or "")


def test_an_older_copy_put_in_place_by_hand_sends_nothing(shop: Shop, carrier: Carrier) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    older = copy_of(shop)
    works(shop, carrier)
    shop.app.store.close()
    # In place, so that not even the file's number tells.
    Path(shop.app.store.file or "").write_bytes(older.read_bytes())
    shop.opened()

    assert works(shop, carrier) == {}
    assert carrier.left == [ADA]
    assert "it was restored from a copy" in (why_on_hold(shop) or "")


def test_a_whole_folder_that_is_put_back_in_place_sends_nothing(
    shop: Shop, carrier: Carrier, tmp_path: Path
) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    shop.app.store.close()
    kept = {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    works(shop, carrier)
    shop.app.store.close()
    # In place: the numbers of the files stay as they are, and the heartbeat is as old as the store.
    for file, octets in kept.items():
        file.write_bytes(octets)
    shop.opened()

    assert works(shop, carrier) == {}
    assert carrier.left == [ADA]
    assert "it was restored from a copy, or another copy of it goes on" in (why_on_hold(shop) or "")


def test_a_copy_that_resumes_stills_the_store_that_it_was_made_from(
    shop: Shop, carrier: Carrier, tmp_path: Path
) -> None:
    works(shop, carrier)
    copied = elsewhere(shop, tmp_path / "copy", copy_of(shop))
    works(copied, carrier)
    upkeep.resume(copied.app, nothing_left=True)
    works(copied, carrier)

    works(shop, carrier)

    assert "another copy of it goes on" in (why_on_hold(shop) or "")


def test_a_machine_that_keeps_no_state_works_all_the_same(
    shop: Shop, carrier: Carrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no-folder").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "no-folder"))
    greets(shop, ADA)

    assert works(shop, carrier) == {"sent": 1}
    assert works(shop, carrier) == {}
    assert why_on_hold(shop) is None


def test_a_store_beside_another_ones_heartbeat_sends_nothing(
    shop: Shop, carrier: Carrier, tmp_path: Path
) -> None:
    works(shop, carrier)
    (tmp_path / "other").mkdir()
    other = Shop(tmp_path / "other", shop.clock)
    works(other, carrier)
    shutil.copy(other.app.heartbeat, shop.app.heartbeat)

    works(shop, carrier)

    assert "the heartbeat file beside it is another store's" in (why_on_hold(shop) or "")


def test_a_new_store_may_work_wherever_it_is_carried_before(
    shop: Shop, carrier: Carrier, tmp_path: Path
) -> None:
    greets(shop, ADA)
    carried = elsewhere(shop, tmp_path / "carried", copy_of(shop))

    assert works(carried, carrier) == {"sent": 1}


@pytest.mark.parametrize("told", ['{"beats": "many"}', '{"store": 1, "beats": 1e999, "at": 1}', ""])
def test_a_heartbeat_that_is_nonsense_holds_the_store(
    shop: Shop, carrier: Carrier, told: str
) -> None:
    works(shop, carrier)
    shop.app.heartbeat.write_text(told, encoding="utf-8")

    works(shop, carrier)

    assert "no heartbeat file" in (why_on_hold(shop) or "")


def test_a_daemon_notices_at_its_next_beat_that_its_store_was_replaced(
    shop: Shop, carrier: Carrier
) -> None:
    with shop.app.at_work("daemon") as worker:
        older = copy_of(shop)
        shop.app.beat(worker)
        shop.app.store.close()
        Path(shop.app.store.file or "").write_bytes(older.read_bytes())
        greets(shop, ADA)
        shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]

        shop.app.beat(worker)

        assert shop.app.send(worker) == {}
    assert carrier.left == []


def test_a_second_machine_may_join_a_store_that_a_server_keeps(
    tmp_path: Path, postgres_url: str, carrier: Carrier
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    first = Shop(here, url=postgres_url)
    works(first, carrier)
    second = Shop(there, first.clock, url=postgres_url)
    greets(second, ADA)

    assert works(second, carrier) == {"sent": 1}
    assert works(first, carrier) == {}
    assert why_on_hold(first) is None
    for shop in (first, second):
        shop.close()


def test_a_server_s_store_that_was_turned_back_is_held_for_every_machine_until_one_resumes(
    tmp_path: Path, postgres_url: str, carrier: Carrier
) -> None:
    clock = StillClock()
    shops = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        shops.append(Shop(tmp_path / name, clock, url=postgres_url))
        works(shops[-1], carrier)
    with shops[0].app.store.writing() as session:
        instance.instance(session).beats = 0

    for shop in shops:
        works(shop, carrier)
        assert "it was restored from a copy" in (why_on_hold(shop) or "")
    upkeep.resume(shops[0].app, nothing_left=False)

    for shop in shops:
        works(shop, carrier)
        assert why_on_hold(shop) is None
        shop.close()


# Going on.


def test_what_was_due_when_a_store_resumes_may_have_left_and_waits_for_a_person(
    shop: Shop, carrier: Carrier
) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    greets(shop, BERTA, approved=False)
    older = copy_of(shop)
    works(shop, carrier)
    upkeep.restore(shop.app, older)
    shop.opened()
    shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]

    assert upkeep.due_before_resuming(shop.app) == 2
    assert upkeep.resume(shop.app, nothing_left=False) == 2

    assert works(shop, carrier) == {}
    assert carrier.left == [ADA]
    assert {note.state for note in shop.notes()} == {NoteState.IN_DOUBT}
    reason = shop.notes()[0].reason or ""
    assert reason == f"may have left before: it was restored from {older.name}"


def test_an_occurrence_that_the_copy_does_not_know_yet_waits_for_a_person_too(
    shop: Shop, carrier: Carrier
) -> None:
    works(shop, carrier)
    shop.customer(ADA, born="21 Nov")
    older = copy_of(shop)
    works(shop, carrier)
    shop.approve_all()
    assert works(shop, carrier) == {"sent": 1}
    upkeep.restore(shop.app, older)
    shop.opened()
    shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]

    upkeep.resume(shop.app, nothing_left=False)

    works(shop, carrier)
    assert [note.state for note in shop.notes()] == [NoteState.IN_DOUBT]
    assert carrier.left == [ADA]


def test_a_card_may_have_been_printed_ahead_and_its_batch_number_is_not_used_again(
    shop: Shop,
) -> None:
    shop.opened('[occasions.birthday]\nby = "post"\napprove = "auto"\n')
    shop.run()
    shop.customer(ADA, born="28 Nov", address="Hauptstr. 2\n10115 Berlin", country="DE")
    shop.run()
    upkeep.restore(shop.app, copy_of(shop))
    shop.opened('[occasions.birthday]\nby = "post"\napprove = "auto"\n')

    assert upkeep.resume(shop.app, nothing_left=False) == 1

    with shop.app.store.writing() as session:
        assert open_batch(session, None, "print", shop.clock()).id > 100


def test_what_falls_due_after_a_store_resumed_leaves_as_ever(shop: Shop, carrier: Carrier) -> None:
    works(shop, carrier)
    shop.customer(ADA, born="22 Nov")
    upkeep.restore(shop.app, copy_of(shop))
    shop.opened()
    shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]

    assert upkeep.resume(shop.app, nothing_left=False) == 0

    shop.approve_all()
    shop.clock.sleep(days=1)
    assert works(shop, carrier) == {"sent": 1}


def test_whoever_knows_that_nothing_left_lets_go_what_is_due(shop: Shop, carrier: Carrier) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    upkeep.restore(shop.app, copy_of(shop))
    shop.opened()

    assert upkeep.resume(shop.app, nothing_left=True) == 0

    assert works(shop, carrier) == {"sent": 1}


def test_files_that_are_written_again_are_never_in_doubt(shop: Shop) -> None:
    shop.run()
    greets(shop, ADA)
    upkeep.restore(shop.app, copy_of(shop))
    shop.opened()

    assert upkeep.resume(shop.app, nothing_left=False) == 0

    assert shop.run() == {"sent": 1}


def test_a_note_that_was_leaving_when_the_copy_was_made_is_in_doubt(
    shop: Shop, carrier: Carrier
) -> None:
    works(shop, carrier)
    greets(shop, ADA)
    with shop.app.store.writing() as session:
        worker = workers.enlist(session, "daemon", shop.clock())
        session.flush()
        session.query(Note).update({"state": NoteState.CLAIMED, "worker_id": worker.id})
    upkeep.restore(shop.app, copy_of(shop))
    shop.opened()
    shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]

    assert upkeep.resume(shop.app, nothing_left=False) == 1


@pytest.mark.parametrize("approved", [True, False])
def test_a_doubt_that_is_settled_leaves_the_note_where_it_was(
    shop: Shop, carrier: Carrier, approved: bool
) -> None:
    works(shop, carrier)
    greets(shop, ADA, approved=approved)
    upkeep.restore(shop.app, copy_of(shop))
    shop.opened()
    shop.app.backends = {"outbox": carrier}  # type: ignore[dict-item]
    upkeep.resume(shop.app, nothing_left=False)

    with shop.app.store.writing() as session:
        (note,) = session.query(Note)
        review.settle(note, shop.clock(), arrived=False)

    assert works(shop, carrier) == ({"sent": 1} if approved else {})
    assert shop.notes()[0].state is (NoteState.SENT if approved else NoteState.WAITING)


def test_a_resumed_store_is_not_held_again_by_its_old_heartbeat(
    shop: Shop, carrier: Carrier
) -> None:
    older = copy_of(shop)
    for _ in range(3):
        works(shop, carrier)
    upkeep.restore(shop.app, older)
    shop.opened()
    upkeep.resume(shop.app, nothing_left=True)

    works(shop, carrier)
    works(shop.__class__(shop.folder, shop.clock), carrier)

    assert why_on_hold(shop) is None


def test_a_store_that_is_not_on_hold_cannot_resume(shop: Shop) -> None:
    with pytest.raises(AppreciationError, match="not on hold"):
        upkeep.resume(shop.app, nothing_left=False)


# Copies.


def test_a_copy_is_made_while_others_write(shop: Shop) -> None:
    shop.customer(ADA)
    with shop.app.store.writing() as session:
        session.add(Customer(name=BERTA, created_at=shop.clock(), updated_at=shop.clock()))
        session.flush()
        copied = copy_of(shop)

    assert names_in(copied) == [ADA]


def test_a_copy_is_one_file_that_only_the_stores_readers_read(shop: Shop) -> None:
    Path(shop.app.store.file or "").chmod(0o640)

    copied = copy_of(shop)

    assert [file.name for file in copied.parent.iterdir()] == [copied.name]
    assert copied.stat().st_mode & 0o777 == 0o640
    # Not in the mode that keeps a log beside the file: it may lie where nobody can write.
    assert copied.read_bytes()[18:20] == b"\x01\x01"


def test_the_oldest_copies_are_removed_and_nothing_else(shop: Shop) -> None:
    shop.opened("[backup]\nkeep = 2\n")
    foreign = shop.folder / "backups" / "appreciation-of-my-cousin.db"
    foreign.parent.mkdir()
    foreign.touch()
    made = []
    for _ in range(4):
        moments_later(shop)
        made.append(copy_of(shop))

    assert upkeep.copies(shop.app) == made[-2:]
    assert foreign.exists()


def test_a_copy_is_made_once_a_day(shop: Shop) -> None:
    first = upkeep.back_up_daily(shop.app)
    shop.clock.sleep(hours=1)
    again = upkeep.back_up_daily(shop.app)
    # Midnight in Berlin.
    shop.clock.sleep(hours=11)
    next_day = upkeep.back_up_daily(shop.app)

    assert first is not None
    assert again is None
    assert next_day is not None


def test_no_daily_copy_is_made_where_none_is_wanted(shop: Shop) -> None:
    shop.opened("[backup]\ndaily = false\n")

    assert upkeep.back_up_daily(shop.app) is None


def test_a_copy_that_cannot_be_written_leaves_no_half_of_one(shop: Shop) -> None:
    (shop.folder / "backups").write_text("a file is in the way", encoding="utf-8")

    with pytest.raises(AppreciationError, match="backups"):
        copy_of(shop)


def names_in(copied: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(copied)) as link:
        return [name for (name,) in link.execute("SELECT name FROM customers ORDER BY id")]


# Restoring.


def test_a_restored_store_is_that_of_the_copy_and_the_old_one_lies_beside_it(shop: Shop) -> None:
    shop.customer(ADA)
    older = copy_of(shop)
    shop.customer(BERTA)

    aside = upkeep.restore(shop.app, older)

    assert names_in(shop.folder / "appreciation.db") == [ADA]
    assert aside is not None
    assert names_in(aside) == [ADA, BERTA]
    assert names_in(older) == [ADA]
    assert not list(shop.folder.glob("*.fresh*"))


@pytest.mark.parametrize("damage", ["cut", "scrambled", "foreign", "text", "missing"])
def test_a_copy_that_is_not_whole_changes_nothing(shop: Shop, damage: str) -> None:
    shop.customer(ADA)
    copied = copy_of(shop)
    whole = copied.read_bytes()
    if damage == "cut":
        copied.write_bytes(whole[: len(whole) // 2])
    elif damage == "scrambled":
        copied.write_bytes(whole[:8192] + bytes(b ^ 0x5A for b in whole[8192:]))
    elif damage == "text":
        copied.write_text("dear store", encoding="utf-8")
    else:
        copied.unlink()
    if damage == "foreign":
        with contextlib.closing(sqlite3.connect(copied)) as link:
            link.execute("CREATE TABLE others (id)")

    with pytest.raises(AppreciationError) as refused:
        upkeep.restore(shop.app, copied)

    assert str(copied) in str(refused.value)
    assert refused.value.mend
    assert names_in(shop.folder / "appreciation.db") == [ADA]
    assert why_on_hold(shop) is None


def test_a_store_that_was_never_closed_is_restored_with_its_log(shop: Shop, tmp_path: Path) -> None:
    with shop.app.store.engine.connect():
        shop.customer(ADA)
        lost = tmp_path / "lost"
        lost.mkdir()
        for part in ("", "-wal"):
            shutil.copy(f"{shop.app.store.file}{part}", lost / f"old.db{part}")
    shop.app.store.close()
    (shop.folder / "appreciation.db").unlink()

    upkeep.restore(shop.app, lost / "old.db")

    assert names_in(shop.folder / "appreciation.db") == [ADA]


def test_another_stores_copies_are_neither_counted_nor_removed_nor_restored(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Shop(tmp_path / "other", shop.clock)
    shared = f'[backup]\nfolder = "{tmp_path / "shared"}"\nkeep = 1\n'
    other.opened(shared)
    shop.opened(shared)
    theirs = copy_of(other)
    moments_later(shop)

    assert upkeep.copies(shop.app) == []
    assert upkeep.back_up_daily(shop.app) is not None
    moments_later(shop)
    copy_of(shop)
    assert upkeep.copies(other.app) == [theirs]
    with pytest.raises(AppreciationError, match="a copy of another store"):
        upkeep.restore(shop.app, theirs)
    other.close()


def test_a_copy_that_has_lost_its_name_is_told_as_damaged(shop: Shop) -> None:
    copied = copy_of(shop)
    with contextlib.closing(sqlite3.connect(copied)) as link:
        link.execute("DELETE FROM instance")
        link.commit()

    with pytest.raises(AppreciationError, match="it does not know what it is"):
        upkeep.restore(shop.app, copied)


def test_a_damaged_store_can_be_replaced_and_is_kept(shop: Shop) -> None:
    shop.customer(ADA)
    older = copy_of(shop)
    shop.app.store.close()
    store = shop.folder / "appreciation.db"
    store.write_bytes(b"nothing of it is left")
    Path(f"{store}-wal").write_bytes(b"nor of its log")

    aside = upkeep.restore(shop.app, older)

    assert names_in(store) == [ADA]
    assert aside is not None
    assert aside.read_bytes() == b"nothing of it is left"
    assert Path(f"{aside}-wal").read_bytes() == b"nor of its log"


def test_a_store_that_is_lost_altogether_comes_back(shop: Shop) -> None:
    shop.customer(ADA)
    older = copy_of(shop)
    shop.app.store.close()
    (shop.folder / "appreciation.db").unlink()

    assert upkeep.restore(shop.app, older) is None

    assert names_in(shop.folder / "appreciation.db") == [ADA]


def test_nothing_is_restored_under_a_daemon_at_work(shop: Shop) -> None:
    older = copy_of(shop)

    with shop.app.alone(), pytest.raises(Busy):
        upkeep.restore(shop.app, older)


def test_a_store_in_a_folder_with_an_odd_name_is_copied_and_restored(tmp_path: Path) -> None:
    folder = tmp_path / "50 % & more? #1 ü"
    folder.mkdir()
    shop = Shop(folder)
    shop.customer(ADA)

    upkeep.restore(shop.app, copy_of(shop))

    assert names_in(folder / "appreciation.db") == [ADA]


def test_what_is_told_about_a_server_s_store_can_be_typed_as_it_stands(
    tmp_path: Path, own_postgres: PostgresServer, carrier: Carrier
) -> None:
    if not (own_postgres.programs / "pg_dump").exists():
        pytest.skip("this PostgreSQL came without pg_dump")
    with contextlib.closing(Databases(own_postgres.url)) as databases:
        url = databases.new()
    with contextlib.closing(Store(url)) as store:
        migrating.migrate(store, backup_name="")
    shop = Shop(tmp_path, url=url)
    works(shop, carrier)
    greets(shop, ADA)

    typed(shop, own_postgres, mend_of(lambda: upkeep.back_up(shop.app)))
    assert works(shop, carrier) == {"sent": 1}
    told = mend_of(lambda: upkeep.restore(shop.app, tmp_path / "x"))
    shop.close()
    typed(shop, own_postgres, told.partition("then: ")[2].replace("FILE", "appreciation.dump"))

    assert works(shop, carrier) == {}
    assert carrier.left == [ADA]
    assert "it was restored from a copy" in (why_on_hold(shop) or "")
    shop.close()


def mend_of(act: Callable[[], object]) -> str:
    with pytest.raises(AppreciationError) as refused:
        act()
    return refused.value.mend


def typed(shop: Shop, server: PostgresServer, command: str) -> None:
    path = f"{server.programs}:{os.environ['PATH']}"
    subprocess.run(
        ["sh", "-c", command], cwd=shop.folder, env={**os.environ, "PATH": path}, check=True
    )


def test_a_server_s_store_is_copied_by_the_server_s_own_command(
    tmp_path: Path, postgres_url: str
) -> None:
    shop = Shop(tmp_path, url=postgres_url)

    with pytest.raises(AppreciationError, match="PostgreSQL") as refused:
        upkeep.back_up(shop.app)
    assert refused.value.mend.startswith("pg_dump ")
    with pytest.raises(AppreciationError, match="PostgreSQL") as refused:
        upkeep.restore(shop.app, tmp_path / "copy.db")
    assert "pg_restore --clean" in refused.value.mend
    assert upkeep.back_up_daily(shop.app) is None
    shop.close()
