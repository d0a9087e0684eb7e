"""When the stages run. The only file that knows APScheduler.

Our tables are the truth and the scheduler only wakes us: every job may be
repeated, none is remembered, and what fell due while nobody was awake is
found by the next look at the store.
"""

import logging
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from appreciation import systemd, upkeep, watching
from appreciation.app import RETURNS_DAYS, Appreciation
from appreciation.delivery.mailboxes import Mailbox
from appreciation.digest import posting
from appreciation.errors import AppreciationError, Busy
from appreciation.ping import Switch
from appreciation.store.tables import Worker

log = logging.getLogger(__name__)

# One thread for each job, so that a long delivery never stills the heartbeat.
_HANDS = 8
_GLANCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the daemon does what it does again and again.

    It looks for occasions, beats, reads what came back, and looks whether
    another daemon is gone.
    """

    plan: timedelta = timedelta(minutes=1)
    beat: timedelta = timedelta(seconds=30)
    # Asked so often whether a copy of today is there.
    back_up: timedelta = timedelta(hours=1)
    take_back: timedelta = timedelta(hours=1)
    look_again: timedelta = timedelta(seconds=5)


UNHURRIED = Pace()


def run(app: Appreciation, stopping: threading.Event, pace: Pace = UNHURRIED) -> None:
    """Work until ``stopping`` is set; where another daemon has the store, wait for its end."""
    told = False
    while not stopping.is_set():
        try:
            with app.alone():
                log.info("at work on %s", app.store.shown)
                _work(app, stopping, pace)
                return
        except Busy as busy:
            if not told:
                log.warning("%s; waiting for it to end", busy)
                systemd.notify("READY=1\nSTATUS=waiting: another daemon is at work")
                told = True
            systemd.notify("WATCHDOG=1")
            stopping.wait(pace.look_again.total_seconds())


def stop_on_signals(stopping: threading.Event) -> None:
    """Let SIGTERM and SIGINT finish what is in hand, and no more."""

    def stop(number: int, _: object) -> None:
        log.info("%s: finishing what is in hand", signal.Signals(number).name)
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _work(app: Appreciation, stopping: threading.Event, pace: Pace) -> None:
    app.wake_all()
    with app.at_work("daemon") as worker:
        hands = ThreadPoolExecutor(_HANDS)
        scheduler = build(Rounds(app, worker, stopping.is_set), hands, pace)
        # The store has answered; and the first heartbeat must not come before this.
        systemd.notify("READY=1")
        scheduler.start()
        # A signal may reach another thread, and that wakes nobody who waits without end.
        while not stopping.wait(_GLANCE_SECONDS):
            pass
        systemd.notify("STOPPING=1")
        # The scheduler would wait for its jobs with a lock that they need to re-arm delivery.
        scheduler.pause()
        hands.shutdown(wait=True)
        scheduler.shutdown()


class Rounds:
    """What the daemon does again and again for one worker."""

    def __init__(self, app: Appreciation, worker: Worker, stopping: Callable[[], bool]) -> None:
        self.app = app
        self.worker = worker
        self.stopping = stopping
        # What was told already.
        self.held_why: str | None = None
        # Set by build: wakes delivery at a moment.
        self.deliver_at: Callable[[datetime], None] = lambda _: None
        # Wakes whoever tells the owner.
        self.digest_at: Callable[[datetime], None] = lambda _: None
        # The same for the dead-man switch, whose server may be slow.
        self.ping_at: Callable[[datetime], None] = lambda _: None
        self.switch = Switch(app.config.ping.url)
        # Up to which day it has read what came back.
        self.read_on = app.today() - timedelta(days=RETURNS_DAYS)

    def plan(self) -> None:
        """Look for occasions and write the notes; then deliver what is due."""
        try:
            # First, since an occasion may be for those who stand high.
            if found := self.app.find_standings():
                log.info("found where %d customers stand", found)
            self._tell(self.app.find() + self.app.draft())
            # Not before a look was taken: it tells what was missed.
            self.digest_at(self.app.clock())
        finally:
            # What is approved leaves even while nothing new can be found.
            self.deliver_at(self.app.clock())

    def deliver(self) -> None:
        """Deliver what is due, and wake again when the next note is."""
        self._tell(self.app.send(self.worker, self.stopping))
        next_at = self.app.next_due()
        if next_at is not None and not self.stopping():
            self.deliver_at(next_at)

    def beat(self) -> None:
        """Show that the loop ticks and the store answers, and only then feed the watchdog."""
        self.app.beat(self.worker)
        held = self.app.on_hold()
        if held is not None and held.held_why != self.held_why:
            log.warning("nothing leaves: %s; once you know: appreciation resume", held.held_why)
        self.held_why = held.held_why if held else None
        if held is None and (found := +self.app.recover(self.worker)):
            # Another daemon died with work in its hands.
            self._tell(found)
            self.deliver_at(self.app.clock())
        next_at = self.app.next_due()
        status = f"next note at {next_at:%Y-%m-%d %H:%M} UTC" if next_at else "no note is due"
        status = "on hold: appreciation status tells why" if held else status
        systemd.notify(f"WATCHDOG=1\nSTATUS={status}")
        if self.switch.is_due(now := self.app.clock()):
            self.ping_at(now)

    def post_digest(self) -> None:
        """Tell the owner how it goes, where that is due."""
        if (outcome := posting.post_due(self.app)) is not None:
            log.info("the digest: %s", outcome.result.value.replace("_", " "))

    def ping(self) -> None:
        """Ask the dead-man switch; whether it answers changes nothing here."""
        if told := self.switch.press(self.app.clock()):
            log.warning("%s", told)

    def back_up(self) -> None:
        """Copy the store, once a day."""
        if copy := upkeep.back_up_daily(self.app):
            log.info("copied the store to %s", copy)

    def take_in(self) -> None:
        """Take in the files of the watched folder."""
        # While a large file comes in the heartbeat waits for the store, and this thread has it.
        watching.take_all(self.app, lambda _: systemd.notify("WATCHDOG=1"))

    def take_back(self, mailbox: Mailbox) -> None:
        """Read the mails that came back since the day before the last look."""
        today = self.app.today()
        counts = self.app.take_back(mailbox.mails(self.read_on - timedelta(days=1)), self.stopping)
        self.read_on = today
        # What is known, or nobody's, is there again each hour.
        self._tell(Counter({word: counts[word] for word in ("came_back", "delayed")}))

    def _tell(self, counts: Counter[str]) -> None:
        if told := self.app.remember(self.worker, counts):
            log.info("%s", told)


def told(work: Callable[[], None]) -> Callable[[], None]:
    """Return ``work`` as a job that tells in a line what a person can put right, and goes on."""

    @wraps(work)
    def telling() -> None:
        try:
            work()
        except AppreciationError as error:
            log.error("%s; %s", error, error.mend)  # noqa: TRY400 - a sentence, no traceback

    return telling


def build(rounds: Rounds, hands: ThreadPoolExecutor, pace: Pace) -> BackgroundScheduler:
    """Return the scheduler that lets ``hands`` do ``rounds``, not yet started.

    A machine that slept through an hour catches up on waking (no grace time),
    once (coalesce). The heartbeat also caps the loop's sleep, so that a clock
    that was set or a laptop that was closed is noticed within its interval.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": hands},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    now = rounds.app.clock()
    scheduler.add_job(
        told(rounds.plan),
        "interval",
        seconds=pace.plan.total_seconds(),
        next_run_time=now,
        id="plan",
    )
    beat_seconds = min(filter(None, (pace.beat.total_seconds(), systemd.watchdog_interval())))
    scheduler.add_job(
        told(rounds.beat), "interval", seconds=beat_seconds, next_run_time=now, id="beat"
    )
    if rounds.app.config.watch is not None:
        scheduler.add_job(
            told(rounds.take_in),
            "interval",
            seconds=pace.plan.total_seconds(),
            next_run_time=now,
            id="take_in",
        )
    mailbox = rounds.app.mailbox
    if mailbox is not None:
        scheduler.add_job(
            told(lambda: rounds.take_back(mailbox)),
            "interval",
            seconds=pace.take_back.total_seconds(),
            next_run_time=now,
            id="take_back",
        )

    scheduler.add_job(
        told(rounds.back_up),
        "interval",
        seconds=pace.back_up.total_seconds(),
        next_run_time=now,
        id="back_up",
    )

    def wakes(work: Callable[[], None], name: str) -> Callable[[datetime], None]:
        def at(moment: datetime) -> None:
            scheduler.add_job(told(work), "date", run_date=moment, id=name, replace_existing=True)

        return at

    rounds.deliver_at = wakes(rounds.deliver, "deliver")
    rounds.digest_at = wakes(rounds.post_digest, "digest")
    rounds.ping_at = wakes(rounds.ping, "ping")
    # A delivery that is asked for while one is under way is no trouble: it re-arms itself.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    return scheduler
