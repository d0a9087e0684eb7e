"""The dead-man switch outside: asked while the daemon is well, and by nobody else."""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import text

from appreciation import daemon, ping
from appreciation.config.reading import parse
from appreciation.dates import utc_now
from appreciation.errors import AppreciationError, ConfigError
from appreciation.status import look
from appreciation.store.tables import NoteState
from tests.conftest import NOON, ON_SQLITE, Shop
from tests.processes import wait_until
from tests.terminal import Terminal
from tests.test_daemon import HASTY, celebrates_today


class Watcher:
    """A real web server on this machine that keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        watcher = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.asked.append(f"{self.requestline}\n{self.headers}")
                self.send_response(watcher.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/my-own-id?from=shop"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    made = Watcher()
    yield made
    made.close()


@contextlib.contextmanager
def at_work(shop: Shop, url: str) -> Iterator[None]:
    """Let a hasty daemon work that asks ``url``."""
    app = shop.opened(f"[ping]\nurl = '{url}'\n")
    app.clock = utc_now
    stopping = threading.Event()
    thread = threading.Thread(target=daemon.run, args=(app, stopping, HASTY), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(30)
        assert not thread.is_alive(), "the daemon does not stop"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://ping.example.org/id",
        "https://ping.example.org:8443/id?a=b",
        "http://127.0.0.1:8000/id",
        "http://localhost/id",
        "http://[::1]/id",
    ],
)
def test_a_url_that_nobody_on_the_way_can_read_may_be_set(url: str) -> None:
    settings = parse({"business": BUSINESS, "ping": {"url": url}}, Path("config.toml"))

    assert settings.ping.url == url
    assert "/id" not in settings.model_dump_json()


@pytest.mark.parametrize(
    "url",
    [
        "http://ping.example.org/id",
        "http://127.0.0.1.example.org/id",
        "ftp://ping.example.org/id",
        "https://user:word@ping.example.org/id",
        "https:///id",
        "https://ping.example.org/i d",
        "https://ping.example.org/\r\nX: y",
        "https://[::1",
        "https://ping.example.org:99999/",
        "ping.example.org/id",
    ],
)
def test_any_other_url_is_refused_when_the_settings_are_read(url: str) -> None:
    with pytest.raises(ConfigError, match=r"ping\.url") as refused:
        parse({"business": BUSINESS, "ping": {"url": url}}, Path("config.toml"))

    assert "ping.url" in refused.value.mend


BUSINESS = {"name": "B", "signer": "R", "email": "r@example.org"}


def test_the_daemon_asks_once_it_is_at_work_and_not_again_for_minutes(
    shop: Shop, watcher: Watcher
) -> None:
    with at_work(shop, watcher.url):
        wait_until(lambda: watcher.asked, what="it asked")
        first = shop.app.clock()
        wait_until(lambda: beaten_since(shop, first), what="it beat again")

    (asked,) = watcher.asked
    assert asked.startswith("GET /my-own-id?from=shop HTTP/1.1")
    assert "Rosa" not in asked
    assert "Content-Length" not in asked


def beaten_since(shop: Shop, moment: object) -> bool:
    found = look(shop.app).daemon
    assert found is not None
    return found.beat_at > moment  # type: ignore[operator]


def test_a_daemon_whose_store_does_not_answer_asks_nobody(
    shop: Shop, watcher: Watcher, caplog: pytest.LogCaptureFixture
) -> None:
    shop.app.clock = utc_now
    with shop.app.at_work("daemon") as worker:
        rounds = daemon.Rounds(shop.opened(f"[ping]\nurl = '{watcher.url}'\n"), worker, bool)
        rounds.ping_at = lambda _: rounds.ping()
        with shop.app.store.writing() as session:
            session.execute(text("ALTER TABLE workers RENAME TO away"))
        with pytest.raises(Exception, match="workers"):
            rounds.beat()
        with shop.app.store.writing() as session:
            session.execute(text("ALTER TABLE away RENAME TO workers"))
        assert watcher.asked == []
        rounds.beat()

    assert len(watcher.asked) == 1
    assert not caplog.records


def test_a_switch_is_asked_at_most_every_five_minutes() -> None:
    switch = ping.Switch("https://ping.example.org", asked_at=NOON)

    assert not switch.is_due(NOON + timedelta(minutes=4, seconds=59))
    assert switch.is_due(NOON + timedelta(minutes=5))
    assert not ping.Switch("").is_due(NOON)


def test_what_fails_is_told_once_and_once_more_when_it_works(watcher: Watcher) -> None:
    switch = ping.Switch(watcher.url)
    watcher.status = 500

    told = [switch.press(NOON) for _ in range(3)]
    watcher.status = 204
    told += [switch.press(NOON) for _ in range(2)]

    assert told == [
        "the ping url at 127.0.0.1 answered 500; check [ping] url in the settings",
        None,
        None,
        "the ping url answers again",
        None,
    ]


def test_another_place_that_the_server_names_is_not_followed(watcher: Watcher) -> None:
    watcher.status = 302

    with pytest.raises(AppreciationError, match="answered 302"):
        ping.ask(watcher.url)

    assert len(watcher.asked) == 1


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@ON_SQLITE
def test_a_server_that_is_gone_disturbs_nothing(
    shop: Shop, closed_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    shop.clock.now = utc_now()
    shop.settings += '[occasions.birthday]\napprove = "auto"\nsend_at = "00:00"\n'
    celebrates_today(shop)

    with (
        caplog.at_level(logging.WARNING),
        at_work(shop, f"http://127.0.0.1:{closed_port}/"),
    ):
        wait_until(lambda: "did not answer" in caplog.text, what="it was told")
        wait_until(
            lambda: [note.state for note in shop.notes()] == [NoteState.SENT], what="it was sent"
        )

    assert "check [ping] url" in caplog.text
    assert "Traceback" not in caplog.text


def test_an_answer_that_never_ends_is_cut_short() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def drip() -> None:
            line, _ = server.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(b"HTTP")
                while not ended.wait(0.01):
                    line.sendall(b"/")

        dripping = threading.Thread(target=drip)
        dripping.start()
        with pytest.raises(AppreciationError, match="did not answer"):
            ping.ask(f"http://127.0.0.1:{server.getsockname()[1]}/", patience_seconds=0.2)
        ended.set()
        dripping.join()


def test_the_doctor_reaches_the_server_without_telling_it_that_all_is_well(
    watcher: Watcher, closed_port: int
) -> None:
    assert ping.check(watcher.url) == "the daemon asks 127.0.0.1 every 5 minutes while it is well"
    assert watcher.asked == []
    with pytest.raises(AppreciationError, match="did not answer: Connection refused"):
        ping.check(f"http://127.0.0.1:{closed_port}/")


def test_a_server_without_a_good_certificate_is_not_asked(watcher: Watcher) -> None:
    for question in (ping.ask, ping.check):
        with pytest.raises(AppreciationError, match="did not answer"):
            question(watcher.url.replace("http:", "https:"))

    assert watcher.asked == []


@ON_SQLITE
def test_no_command_but_the_daemon_asks(
    shop_at: Terminal, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_PING__URL", watcher.url)
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once --dry-run")
    shop_at("run --once")
    shop_at("demo")
    assert "my-own-id" not in shop_at("config show")
    out, _, _ = shop_at.all("doctor")

    assert "the daemon asks 127.0.0.1" in out
    assert watcher.asked == []
