"""The owner's digest: what it tells, and that it leaves once for each day."""

import itertools
import logging
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from appreciation.app import Appreciation
from appreciation.config.digest import Digest as Settings
from appreciation.delivery.base import Begin, Letter, Outcome, Result
from appreciation.digest import posting
from appreciation.digest.posting import day_due, post_due, written
from appreciation.digest.writing import _escaped
from appreciation.errors import AppreciationError
from appreciation.stages import review
from appreciation.store import forgetting, instance
from appreciation.store.tables import Customer, Digest, DigestState, Note, NoteState
from appreciation.words.markdown import to_html, to_text
from tests.conftest import NOON, ON_SQLITE, Shop
from tests.processes import MailServer, Programs, wait_until
from tests.terminal import Terminal

END = NOON.replace(year=2034, tzinfo=None)
DAILY = "[digest]\nevery = 'daily'\n"
SHOWN = [
    *("subject", "since_at", "until_at", "days_ahead", "waits", "in_doubt", "failed", "blocked"),
    *("went", "skipped", "held", "next", "stopped", "before"),
]
PART = ["count", "named"]
NAMED = ["note_id", "customer", "about", "reason", "due_on"]


@pytest.fixture
def daily(shop: Shop) -> Shop:
    shop.settings += DAILY
    shop.opened()
    return shop


def digests(shop: Shop) -> list[EmailMessage]:
    """Return the digests in the outbox, by day."""
    mails = [
        message_from_bytes(mail.read_bytes(), policy=default)
        for mail in shop.mails
        if mail.name.startswith("00000-")
    ]
    assert all(isinstance(mail, EmailMessage) for mail in mails)
    return mails


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def told(shop: Shop) -> dict[str, Any]:
    """Return what a digest would tell now: of each sort, how many and whom."""
    parts = written(shop.app).report.parts
    return {
        name: sorted(line.customer for line in part.named)
        for name, part in parts.items()
        if part.count
    }


def states(shop: Shop) -> list[tuple[date, DigestState]]:
    with shop.app.store.reading() as session:
        found = session.scalars(select(Digest).order_by(Digest.day))
        return [(each.day, each.state) for each in found]


# What it tells.


def test_it_tells_what_went_what_waits_what_is_wrong_and_what_is_next(daily: Shop) -> None:
    for name, born, more in (
        ("Gone", "21 Nov", {}),
        ("Waits", "22 Nov", {}),
        ("Lacks", "21 Nov", {"email": None}),
        ("Held", "22 Nov", {}),
        ("Later", "27 Nov", {}),
    ):
        daily.customer(name, born=born, **more)
    daily.hold(4, "order returned")
    daily.run()
    (gone,) = (note.id for note in daily.notes() if note.customer.name == "Gone")
    daily.approve_all()
    daily.run()
    daily.opened("[occasions.birthday]\nahead = '20d'\n")
    daily.customer("New", born="22 Nov")
    daily.run()

    assert told(daily) == {
        "waits": ["New"],
        "blocked": ["Lacks"],
        "went": ["Gone"],
        "held": ["Held"],
        "next": ["New", "Waits"],
    }
    parts = written(daily.app).report.parts
    assert parts["went"].named[0].note_id == gone
    assert parts["blocked"].named[0].reason == "Lacks has no email address"
    assert parts["held"].named[0].reason == "on hold: order returned"


def test_what_failed_and_what_is_in_doubt_is_told_with_its_reason(daily: Shop) -> None:
    for name in ("Ada", "Ben"):
        daily.customer(name, born="21 Nov")
    daily.run()
    with daily.app.store.writing() as session:
        ada, ben = session.scalars(select(Note).order_by(Note.id))
        ada.state, ada.reason = NoteState.FAILED, "no such mailbox"
        ben.state, ben.reason = NoteState.IN_DOUBT, "the line broke"

    text = to_text(written(daily.app).body)

    assert "Ada, birthday on November 21, note 1: no such mailbox" in text
    assert "Ben, birthday on November 21, note 2: the line broke" in text
    assert "note settle" in text
    assert "note retry" in text


def test_what_was_missed_is_told_once(daily: Shop) -> None:
    daily.customer("Ada", born="1 Dec")
    daily.run()
    daily.clock.now = datetime(2026, 12, 11, 12, tzinfo=UTC)
    daily.run()

    assert told(daily)["skipped"] == ["Ada"]
    assert "too late: nobody was at work while it was due" in written(daily.app).body.replace(
        "\\", ""
    )
    post_due(daily.app)

    assert "skipped" not in told(daily)
    daily.clock.sleep(days=1)
    post_due(daily.app)
    assert "Ada" not in text_of(digests(daily)[-1])


@ON_SQLITE
def test_what_another_note_tells_along_was_not_missed(daily: Shop) -> None:
    daily.order(daily.customer("Ada", born="23 Nov"), ago=0)
    daily.run()

    assert daily.notes(state=NoteState.SKIPPED)
    assert told(daily) == {"waits": ["Ada"]}


def test_what_a_person_skipped_is_told_once_though_its_day_is_to_come(daily: Shop) -> None:
    daily.customer("Ada", born="25 Nov")
    daily.run()
    with daily.app.store.writing() as session:
        review.skip(session.get_one(Note, 1), "she moved away")
    assert told(daily) == {"skipped": ["Ada"]}
    post_due(daily.app)
    daily.clock.sleep(days=1)

    assert told(daily) == {}


def test_what_was_skipped_before_anybody_asked_for_digests_is_history(shop: Shop) -> None:
    shop.customer("Ada", born="21 Nov")
    shop.run()
    shop.clock.sleep(days=40)
    shop.run()
    assert [note.state for note in shop.notes()] == [NoteState.SKIPPED]

    shop.opened(DAILY)
    assert told(shop) == {}


def test_of_many_the_first_are_named_and_the_others_counted(daily: Shop) -> None:
    for name in (
        "Ada",
        "Ben",
        "Cleo",
        "Dora",
        "Emil",
        "Fay",
        "Gus",
        "Ivo",
        "Jan",
        "Kim",
        "Lea",
        "Max",
    ):
        daily.customer(name, born="22 Nov")
    daily.run()

    part = written(daily.app).report.waits
    assert (part.count, len(part.named)) == (12, 10)
    assert "and 2 more" in written(daily.app).body


def test_where_there_is_nothing_to_tell_that_is_told(daily: Shop) -> None:
    found = written(daily.app)

    assert "nothing needs you, 0 went" in found.subject
    assert "Nothing went, nothing waits" in found.body


@given(st.text(max_size=60) | st.text("ab *_\\>#-+1.`[]()<&", max_size=20))
def test_every_name_is_shown_as_it_is(name: str) -> None:
    words = " ".join(name.split())
    line = f"- x{_escaped(words)}x"

    assert to_text(line).rstrip("\n") == f"- x{words}x" or not words.isprintable()
    assert "<script" not in to_html(line, language="en", title="")


# When it leaves.


@pytest.mark.parametrize(
    ("every", "now", "day"),
    [
        ("never", "2026-11-21T12:00", None),
        ("daily", "2026-11-21T08:00", "2026-11-21"),
        ("daily", "2026-11-21T07:59", "2026-11-20"),
        ("weekly", "2026-11-21T12:00", "2026-11-16"),
        ("weekly", "2026-11-23T08:00", "2026-11-23"),
        ("weekly", "2026-11-23T07:59", "2026-11-16"),
    ],
)
def test_a_digest_is_due_from_its_hour_on_its_day(every: Any, now: str, day: str | None) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Berlin"))

    found = day_due(Settings(every=every), at, "Europe/Berlin")

    assert (found and str(found)) == day


@given(
    st.datetimes(NOON.replace(tzinfo=None), END, timezones=st.just(UTC)),
    st.sampled_from(["America/Santiago", "Europe/Berlin", "Pacific/Apia", "Africa/Cairo"]),
    st.sampled_from([time(0), time(2, 30), time(8)]),
)
def test_each_day_has_one_digest_whatever_the_clocks_do(
    begun: datetime, zone: str, at: time
) -> None:
    settings = Settings(every="daily", at=at)
    days = [day_due(settings, begun + timedelta(hours=hour), zone) for hour in range(24 * 9)]

    seen = sorted({day for day in days if day})
    assert seen == days[::1] or [day for day in days if day] == sorted(days)  # type: ignore[type-var]
    assert all(later - day == timedelta(days=1) for day, later in itertools.pairwise(seen))


def test_by_default_none_is_sent(shop: Shop) -> None:
    assert post_due(shop.app) is None
    assert states(shop) == []


def test_it_leaves_once_a_day_and_goes_on_where_the_last_one_ended(daily: Shop) -> None:
    for _ in range(3):
        for _ in range(4):
            post_due(daily.app)
            daily.clock.sleep(hours=6)

    assert [str(day) for day, _ in states(daily)] == ["2026-11-21", "2026-11-22", "2026-11-23"]
    assert {state for _, state in states(daily)} == {DigestState.SENT}
    assert len(digests(daily)) == 3
    with daily.app.store.reading() as session:
        found = list(session.scalars(select(Digest).order_by(Digest.day)))
    assert [each.since_at for each in found[1:]] == [each.until_at for each in found[:-1]]
    assert found[0].since_at == found[0].until_at - timedelta(days=1)


def test_after_days_without_a_daemon_one_digest_tells_of_all_of_them(daily: Shop) -> None:
    daily.customer("Ada", born="24 Nov")
    daily.run()
    post_due(daily.app)
    daily.approve_all()
    daily.clock.sleep(days=3)
    daily.run()
    daily.clock.sleep(days=7)
    while post_due(daily.app):
        pass

    assert len(digests(daily)) == 2
    assert "Went: 1" in text_of(digests(daily)[-1])


def test_who_turns_from_days_to_weeks_is_not_told_of_a_day_that_has_passed(daily: Shop) -> None:
    post_due(daily.app)
    daily.settings = daily.settings.replace("'daily'", "'weekly'")
    daily.opened()
    assert post_due(daily.app) is None
    daily.clock.sleep(days=2)
    post_due(daily.app)

    assert [str(day) for day, _ in states(daily)] == ["2026-11-21", "2026-11-23"]


def test_it_goes_to_the_owner_by_the_backend_that_carries_emails(daily: Shop) -> None:
    daily.settings += "to = 'owner@example.net'\n"
    daily.opened()
    post_due(daily.app)

    (mail,) = digests(daily)
    assert mail["To"] == "Rosa <owner@example.net>"
    assert mail["Subject"] == "Notes of Rosa's Bakery on 2026-11-21: nothing needs you, 0 went"
    assert mail.get_body(("html",)) is not None


def test_while_the_store_is_on_hold_nothing_leaves(daily: Shop) -> None:
    with daily.app.store.writing() as session:
        instance.hold(session, "it is a copy", NOON)

    assert post_due(daily.app) is None
    with pytest.raises(AppreciationError, match="nothing leaves: it is a copy"):
        posting.post_now(daily.app)
    assert daily.mails == []


# Once, or in doubt.


class Carrier:
    """A backend for emails that does, at each letter, what a test says."""

    channel: Literal["email", "post"] = "email"
    in_batches = False
    repeatable = False
    connections = 1

    def __init__(self, result: Result = Result.SENT, *, dies: str = "") -> None:
        self.result = result
        self.dies = dies
        self.carried: list[Letter] = []

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        for letter in letters:
            if self.dies == "before":
                raise KeyboardInterrupt
            if not begin(letter):
                yield letter, Outcome(Result.RETRY, "not let go")
                continue
            if self.dies == "after":
                raise KeyboardInterrupt
            if self.result is Result.SENT:
                self.carried.append(letter)
            yield letter, Outcome(self.result, "said so")

    def check(self) -> str:
        return "carries"


def carried_by(app: Appreciation, carrier: Carrier) -> Carrier:
    app.backends = {**app.backends, "outbox": carrier}
    return carrier


def test_a_process_that_dies_before_the_first_byte_left_loses_nothing(daily: Shop) -> None:
    carried_by(daily.app, Carrier(dies="before"))
    with pytest.raises(KeyboardInterrupt):
        post_due(daily.app)
    carrier = carried_by(daily.app, Carrier())
    assert post_due(daily.app) is None
    daily.clock.sleep(minutes=6)

    post_due(daily.app)
    post_due(daily.app)

    assert len(carrier.carried) == 1
    assert [state for _, state in states(daily)] == [DigestState.SENT]


def test_a_process_that_dies_under_way_leaves_a_doubt_that_is_told(daily: Shop) -> None:
    carried_by(daily.app, Carrier(dies="after"))
    with pytest.raises(KeyboardInterrupt):
        post_due(daily.app)
    carrier = carried_by(daily.app, Carrier())
    for _ in range(8):
        daily.clock.sleep(hours=1)
        post_due(daily.app)

    assert carrier.carried == []
    assert [state for _, state in states(daily)] == [DigestState.IN_DOUBT]
    with pytest.raises(AppreciationError, match="that of 2026-11-21 is in doubt"):
        posting.check(daily.app)

    daily.clock.sleep(days=1)
    post_due(daily.app)
    assert "may not have got the digest of 2026-11-21" in carrier.carried[0].body.replace("\\", "")
    assert "daily" in posting.check(daily.app)


def test_a_server_that_refuses_for_now_is_asked_again_later(
    daily: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    carried_by(daily.app, Carrier(Result.RESTING))
    with caplog.at_level(logging.WARNING):
        post_due(daily.app)
    carrier = carried_by(daily.app, Carrier())
    assert post_due(daily.app) is None
    daily.clock.sleep(minutes=15)
    post_due(daily.app)

    assert "the digest of 2026-11-21: resting" in caplog.text
    assert len(carrier.carried) == 1


def test_what_never_left_goes_into_the_next_one(daily: Shop) -> None:
    daily.customer("Ada", born="21 Nov")
    daily.run()
    daily.approve_all()
    daily.run()
    carried_by(daily.app, Carrier(Result.RETRY))
    post_due(daily.app)
    daily.clock.sleep(days=1)
    carrier = carried_by(daily.app, Carrier())
    post_due(daily.app)

    assert [state for _, state in states(daily)] == [DigestState.FAILED, DigestState.SENT]
    assert "Ada" in carrier.carried[0].body
    assert "did not leave: said so" in carrier.carried[0].body.replace("\\", "")


def test_what_failed_for_good_is_not_tried_again_that_day(daily: Shop) -> None:
    carried_by(daily.app, Carrier(Result.FAILED))
    post_due(daily.app)
    carrier = carried_by(daily.app, Carrier())
    daily.clock.sleep(hours=3)
    post_due(daily.app)

    assert carrier.carried == []
    with pytest.raises(AppreciationError, match="failed: said so"):
        posting.check(daily.app)


def test_of_many_daemons_one_sends_it(daily: Shop) -> None:
    carrier = Carrier()
    apps = [daily.opened() for _ in range(4)]
    for app in apps:
        carried_by(app, carrier)
    begin = threading.Barrier(len(apps))

    def tell(app: Appreciation) -> None:
        begin.wait()
        post_due(app)

    threads = [threading.Thread(target=tell, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(carrier.carried) == 1
    assert [state for _, state in states(daily)] == [DigestState.SENT]


@ON_SQLITE
@pytest.mark.parametrize("mail_server", [0.5], indirect=True)
def test_a_daemon_that_is_killed_while_the_digest_leaves_never_sends_it_twice(
    shop: Shop, mail_server: MailServer, programs: Programs
) -> None:
    from appreciation.dates import utc_now

    shop.settings += mail_server.settings + DAILY + "at = '00:00'\n"
    shop.opened()
    running = programs.start("run")
    wait_until(lambda: mail_server.seen("accepted"), what="the server had it")
    running.kill()
    shop.clock.now = utc_now() + timedelta(minutes=16)

    assert post_due(shop.app) is None

    assert [state for _, state in states(shop)] == [DigestState.IN_DOUBT]
    assert len(mail_server.seen("accepted")) == len(mail_server.seen("begun")) == 1


# At the desk.


def test_the_keys_of_a_digest_are_a_contract(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-22")
    shop_at("run --once")
    shown = shop_at.json("digest show")

    assert list(shown) == SHOWN
    assert list(shown["waits"]) == PART
    (ada,) = shown["waits"]["named"]
    assert list(ada) == NAMED
    assert (ada["customer"], ada["due_on"]) == ("Ada", "2026-11-22")


def test_what_is_shown_leaves_only_when_asked_for(shop_at: Terminal, tmp_path: Path) -> None:
    out, err, _ = shop_at.all("digest show")
    assert "nothing needs you" in out
    assert "it is not sent by itself" in err
    assert not (tmp_path / "outbox").exists()

    assert "the digest went to rosa@example.org" in shop_at("digest send")
    assert len(list((tmp_path / "outbox").glob("00000-*.eml"))) == 1


@ON_SQLITE
def test_a_run_sends_it_and_a_dry_run_or_a_demo_does_not(
    shop_at: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_DIGEST__EVERY", "daily")
    shop_at("run --once --dry-run")
    shop_at("demo")
    assert list(tmp_path.rglob("00000-*.eml")) == []
    _, err, _ = shop_at.all("run --once")

    assert "the digest to rosa@example.org: sent" in err
    assert len(list(tmp_path.rglob("00000-*.eml"))) == 1
    assert "rosa@example.org" in shop_at.all("doctor")[0]


def test_whoever_is_forgotten_after_they_were_told_of_is_gone(daily: Shop) -> None:
    daily.customer("Ada", born="1 Dec")
    daily.run()
    daily.clock.now = datetime(2026, 12, 11, 12, tzinfo=UTC)
    daily.run()
    post_due(daily.app)
    with daily.app.store.writing() as session:
        forgetting.forget(session, session.get_one(Customer, 1), daily.today)

    assert told(daily) == {}
