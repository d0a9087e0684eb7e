"""The daemon: a real process that delivers what falls due, says how it is, and stops cleanly."""

import contextlib
import json
import logging
import mailbox
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, text

from appreciation import daemon
from appreciation.app import Appreciation
from appreciation.dates import YearlyDay, utc_now
from appreciation.occasions.birthday import Birthday
from appreciation.stages.finding import Finder
from appreciation.status import look
from appreciation.store.columns import Rows
from appreciation.store.tables import NoteState
from tests.conftest import Shop, StillClock
from tests.crash.feast import SETTINGS, Feast
from tests.processes import MailServer, Programs, wait_until
from tests.returned_mails import POSTFIX, returned

HASTY = daemon.Pace(
    plan=timedelta(seconds=0.1),
    beat=timedelta(seconds=0.1),
    take_back=timedelta(seconds=0.1),
    look_again=timedelta(seconds=0.1),
)
NO_CUSTOMERS = re.compile('failed: no such table: customers|relation "customers" does not exist')


@pytest.fixture
def bakery(tmp_path: Path, store_url: str) -> Iterator[Shop]:
    """A shop of today, whose customers get their notes into the outbox without being asked."""
    made = Shop(tmp_path, StillClock(utc_now()), settings=SETTINGS, url=store_url)
    yield made
    made.close()


def celebrates_today(shop: Shop, name: str = "Ada Lovelace") -> int:
    customer = shop.customer(name)
    shop.birthday(customer, YearlyDay(shop.today.month, shop.today.day))
    return customer


@contextlib.contextmanager
def at_work(app: Appreciation, stopping: threading.Event | None = None) -> Iterator[None]:
    """Let a hasty daemon work in this process until the end of the block."""
    stopping = stopping or threading.Event()
    app.clock = utc_now
    thread = threading.Thread(target=daemon.run, args=(app, stopping, HASTY), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive(), "the daemon does not stop"


def state_of(shop: Shop, **having: object) -> Callable[[NoteState], Callable[[], bool]]:
    def is_in(state: NoteState) -> Callable[[], bool]:
        return lambda: [note.state for note in shop.notes(**having)] == [state]

    return is_in


def did(app: Appreciation) -> str | None:
    """Return what the daemon did last."""
    last = look(app).last
    return last.did if last else None


# What leaves, and when.


def test_a_note_leaves_at_the_moment_it_falls_due(tmp_path: Path, programs: Programs) -> None:
    # Far enough ahead for a daemon to start on a busy machine.
    due_at = (utc_now() + timedelta(seconds=10)).replace(microsecond=0)
    settings = SETTINGS.replace('"00:00"', f'"{due_at:%H:%M:%S}"')
    shop = Shop(tmp_path, StillClock(utc_now()), settings=settings)
    shop.birthday(shop.customer(), YearlyDay(due_at.month, due_at.day))

    programs.start("run").says("1 found")
    wait_until(lambda: shop.mails, what="the mail lay in the outbox")

    wait_until(state_of(shop)(NoteState.SENT), what="the note was sent")
    (note,) = shop.notes()
    assert note.due_at == due_at
    assert note.sent_at is not None
    assert timedelta(0) <= note.sent_at - due_at < timedelta(seconds=2)
    shop.close()


def test_a_note_that_another_process_approves_is_picked_up(
    bakery: Shop, programs: Programs
) -> None:
    celebrates_today(bakery)
    bakery.settings = bakery.settings.replace('"auto"', '"ask"')
    app = bakery.opened()
    is_in = state_of(bakery)

    with at_work(app):
        wait_until(is_in(NoteState.WAITING), what="the note waited for a person")
        status, said = programs.done("note", "approve", "1", "--yes")
        assert status == 0, said
        wait_until(is_in(NoteState.SENT), what="the note was sent")

    assert len(bakery.mails) == 1


def test_a_broken_template_blocks_only_its_own_note(bakery: Shop) -> None:
    celebrates_today(bakery)
    bakery.settings += '[occasions.order]\napprove = "auto"\nsend_at = "00:00"\n'
    app = bakery.opened()
    bakery.order(bakery.customer("Bob Hope"))
    ours = Path("templates/order/en")
    owners = bakery.folder / "templates" / "order" / "en"
    owners.mkdir(parents=True)
    for wording in ours.glob("*.md"):
        (owners / wording.name).write_text("---\nsubject: Thanks\n---\n{% if %}\n")

    with at_work(app):
        wait_until(state_of(bakery, occasion="birthday")(NoteState.SENT), what="Ada's note left")
        wait_until(state_of(bakery, occasion="order")(NoteState.BLOCKED), what="Bob's was blocked")

    (blocked,) = bakery.notes(occasion="order")
    assert blocked.reason


def test_what_comes_back_is_read_from_the_mailbox_that_is_set(bakery: Shop) -> None:
    celebrates_today(bakery)
    bakery.settings += "[bounces]\nmailbox = 'returned'\n"
    app = bakery.opened()
    (bakery.folder / "returned").touch()

    with at_work(app):
        wait_until(state_of(bakery)(NoteState.SENT), what="the note was sent")
        (note,) = bakery.notes()
        box = mailbox.mbox(bakery.folder / "returned")
        box.add(returned(POSTFIX, note.message_id or "", "<b1@mx.example.org>"))
        box.close()
        wait_until(state_of(bakery)(NoteState.FAILED), what="the note had come back")
        wait_until(lambda: did(app) == "1 came back", what="it was told")


# Trouble.


def test_a_mailbox_that_cannot_be_read_is_told_and_stops_nothing_else(
    bakery: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    celebrates_today(bakery)
    bakery.settings += "[bounces]\nmailbox = 'returned'\n"
    app = bakery.opened()

    with at_work(app), caplog.at_level(logging.ERROR):
        wait_until(lambda: "cannot be read" in caplog.text, what="it was told")
        wait_until(state_of(bakery)(NoteState.SENT), what="the note was sent")

    assert "name an mbox file" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_store_that_fails_for_a_while_does_not_end_the_daemon(
    bakery: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    store = bakery.app.store
    with at_work(bakery.app), caplog.at_level(logging.ERROR):
        with store.writing() as session:
            session.execute(text("ALTER TABLE customers RENAME TO away"))
        wait_until(lambda: NO_CUSTOMERS.search(caplog.text), what="a look for occasions failed")
        with store.writing() as session:
            session.execute(text("ALTER TABLE away RENAME TO customers"))
        celebrates_today(bakery)

        wait_until(state_of(bakery)(NoteState.SENT), what="the note was sent")


def test_a_server_that_throws_everybody_out_does_not_end_the_daemon(
    tmp_path: Path, postgres_url: str
) -> None:
    shop = Shop(tmp_path, StillClock(utc_now()), settings=SETTINGS, url=postgres_url)
    others = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with at_work(shop.app):
        wait_until(lambda: look(shop.app).alive, what="the daemon was at work")
        for _ in range(5):
            with shop.app.store.reading() as session:
                session.scalar(others)
        celebrates_today(shop)

        wait_until(state_of(shop)(NoteState.SENT), what="the note was sent")
    shop.close()


class Faulty(Birthday):
    """An occasion whose query is at fault, as a plugin's may be."""

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        raise ZeroDivisionError


def test_what_is_approved_leaves_though_nothing_new_can_be_found(
    bakery: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    celebrates_today(bakery)
    app = bakery.app
    app.find()
    app.draft()
    (birthday, *_) = app.finders
    app.finders = [Finder("faulty", Faulty(birthday.settings), birthday.settings)]

    with at_work(app):
        wait_until(state_of(bakery)(NoteState.SENT), what="the note was sent")

    assert "ZeroDivisionError" in caplog.text


# Stopping.


@pytest.mark.parametrize("mail_server", [0.2], indirect=True)
def test_a_daemon_that_is_asked_to_stop_finishes_what_it_has_in_hand(
    tmp_path: Path, mail_server: MailServer, programs: Programs
) -> None:
    feast = Feast(tmp_path, mail_server)
    feast.invite(50)
    running = programs.start("run")
    wait_until(lambda: len(mail_server.seen("begun")) >= 3, what="mails were under way")

    assert running.stop() == 0

    assert "finishing what is in hand" in running.said
    assert running.said.endswith("stopped\n")
    states = feast.states()
    begun = len(mail_server.seen("begun"))
    assert states == {"sent": begun, "approved": 50 - begun}
    assert begun < 10
    feast.shop.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The ear of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(20)
        yield ear


def heard(manager: socket.socket, until: str) -> list[str]:
    """Return the first line of each message, up to the one that begins with ``until``."""
    lines = [manager.recv(1000).decode().partition("\n")[0]]
    while lines[-1] != until:
        lines.append(manager.recv(1000).decode().partition("\n")[0])
    return lines


class Slow(Birthday):
    """An occasion that is being looked for until the manager hears that we stop."""

    def __init__(self, real: Birthday, manager: socket.socket, stopping: threading.Event) -> None:
        super().__init__(real.settings)
        self.manager = manager
        self.stopping = stopping

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        # What is yet to come of the month is asked for as well.
        if not self.stopping.is_set():
            self.stopping.set()
            heard(self.manager, "STOPPING=1")
        return super().occurrences(calendar, considered_at)


def test_a_daemon_that_is_asked_to_stop_while_it_looks_for_occasions_stops(
    bakery: Shop, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.getsockname())
    app = bakery.app
    (birthday, *_) = app.finders
    assert isinstance(birthday.occasion, Birthday)
    celebrates_today(bakery)
    stopping = threading.Event()
    slow = Slow(birthday.occasion, manager, stopping)
    app.finders = [Finder(birthday.name, slow, birthday.settings)]

    with at_work(app, stopping):
        stopping.wait()

    assert [note.state for note in bakery.notes()] == [NoteState.APPROVED]


# What others can see of it.


def test_the_service_manager_hears_that_it_is_ready_alive_and_stopping(
    bakery: Shop, manager: socket.socket, programs: Programs
) -> None:
    celebrates_today(bakery)
    running = programs.start("run", NOTIFY_SOCKET=manager.getsockname(), WATCHDOG_USEC="400000")

    assert heard(manager, "WATCHDOG=1") == ["READY=1", "WATCHDOG=1"]
    assert heard(manager, "WATCHDOG=1") == ["WATCHDOG=1"]
    assert running.stop() == 0
    assert set(heard(manager, "STOPPING=1")) <= {"WATCHDOG=1", "STOPPING=1"}


def test_a_daemon_whose_store_fails_does_not_feed_the_watchdog(
    bakery: Shop, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.getsockname())
    with at_work(bakery.app):
        heard(manager, "WATCHDOG=1")
        with bakery.app.store.writing() as session:
            session.execute(text("ALTER TABLE workers RENAME TO away"))
        manager.settimeout(0.5)
        with pytest.raises(TimeoutError):  # noqa: PT012 - one that was under way may still come
            for _ in range(5):
                manager.recv(1000)
        with bakery.app.store.writing() as session:
            session.execute(text("ALTER TABLE away RENAME TO workers"))
        manager.settimeout(20)

        heard(manager, "WATCHDOG=1")


def status(programs: Programs) -> Any:
    done, said = programs.done("status", "--json")
    assert done == 0, said
    return json.loads(said)


def test_status_tells_whether_it_lives_and_what_it_did_last(
    bakery: Shop, programs: Programs
) -> None:
    celebrates_today(bakery)
    assert status(programs)["daemon"]["alive"] is False
    running = programs.start("run")
    running.says("1 sent")
    at_work_since = utc_now()

    alive = status(programs)["daemon"]
    running.kill()
    dead = status(programs)

    assert (alive["alive"], alive["did"]) == (True, "1 sent")
    assert alive["process"] == running.process.pid
    assert abs(datetime.fromisoformat(alive["did_at"]) - at_work_since) < timedelta(minutes=1)
    assert (dead["daemon"]["alive"], dead["daemon"]["did"]) == (False, "1 sent")
    assert dead["notes"] == {"sent": 1}


@pytest.mark.usefixtures("bakery")
def test_status_knows_a_daemon_that_stopped_of_its_own_will(programs: Programs) -> None:
    running = programs.start("run")
    running.says("at work")

    assert running.stop() == 0

    assert status(programs)["daemon"]["alive"] is False
