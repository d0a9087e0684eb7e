"""The parts put together: read this first.

Stages take what they need and meet in the store; here they are given it, and
the clock, so that every test can hold it still.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from appreciation import parts
from appreciation.config.sections import Config
from appreciation.dates import Clock, local_day, moment, parse_coming_day, utc_now
from appreciation.delivery import bounces
from appreciation.delivery.base import Backend, Letter
from appreciation.delivery.mail import new_message_id
from appreciation.delivery.mailboxes import Mailbox
from appreciation.errors import AppreciationError, Busy
from appreciation.occasions.due import WEEKDAYS, Rules
from appreciation.occasions.postal import Postal
from appreciation.stages import drafting, finding, returning, review, sending, valuing
from appreciation.store import (
    claims,
    instance,
    locking,
    migrating,
    near,
    planning,
    recovery,
    rests,
    workers,
)
from appreciation.store import valuing as valued
from appreciation.store.engine import Store
from appreciation.store.tables import Customer, Instance, Note, NoteState, Rest, Worker
from appreciation.value.fitting import Prior
from appreciation.value.model import Kind
from appreciation.value.shop import Question, Shop
from appreciation.value.terms import Terms
from appreciation.words.wordings import Wordings

COUNTS = (
    "found",
    "drafted",
    "approved",
    "sent",
    "printed",
    "retried",
    "failed",
    "in_doubt",
    "skipped",
    "blocked",
)


# How far back a server is asked for what came back: longer ago, nobody tries any more.
RETURNS_DAYS = 90
# Who approved a card so lately may be about to approve the next.
STILL_READING = timedelta(minutes=10)
# So many mails that came back are taken in one transaction.
_RETURNED_AT_ONCE = 100


def in_words(counts: Mapping[str, int]) -> str:
    """Return ``1 found, 1 drafted``; what is zero is not told."""
    return ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items() if count)


def never() -> bool:
    """Say that nobody asks to stop."""
    return False


@dataclass
class Appreciation:
    """The product, put together for one owner's settings. Opens no connection by itself."""

    config: Config
    store: Store
    wordings: Wordings
    finders: Sequence[finding.Finder]
    backends: Mapping[str, Backend]
    # Where mails that came back are found; None where nothing is set.
    mailbox: Mailbox | None = None
    clock: Clock = utc_now
    # Blocked notes are tried again whenever the program starts: something may be mended.
    since: datetime = field(init=False)
    # The first look is a thorough one: settings may have changed.
    found_before: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.since = self.clock()

    @cached_property
    def rules(self) -> Rules:
        """What holds for every occasion."""
        business = self.config.business
        return Rules(
            timezone=business.timezone,
            print_day=self.config.delivery.print.print_day,
            carriers=self.carriers,
            postal=Postal(business.country, self.config.post.transit),
            leap_day=business.leap_day,
        )

    @cached_property
    def desk(self) -> drafting.Desk:
        """What the writer needs."""
        business = self.config.business
        return drafting.Desk(
            business=business.name,
            signer=business.signer,
            email=business.email,
            language=business.language,
            wordings=self.wordings,
            occasions={finder.name: finder.occasion for finder in self.finders},
            settings={finder.name: finder.settings for finder in self.finders},
            carriers=self.carriers,
            address=business.address,
            country=business.country,
            formality=business.formality,
            health=business.health,
            timezone=business.timezone,
            tact=self.config.tact,
        )

    def today(self, now: datetime | None = None) -> date:
        """Return which day it is for the business."""
        return local_day(now or self.clock(), self.config.business.timezone)

    @property
    def carriers(self) -> dict[str, str]:
        """The name of the backend that carries each channel."""
        return {"email": self.config.delivery.email, "post": self.config.delivery.post}

    def ready(self) -> "Appreciation":
        """Return this once the store is there and of this version.

        Raises:
            NotSetUp: it is not; the mend is the command to type.
        """
        migrating.check(self.store)
        return self

    def find(self) -> Counter[str]:
        """Look for occasions, skip what is too late; count found and skipped."""
        now = self.clock()
        with self.store.writing() as session:
            if not planning.may_plan(session):
                return Counter()
            thorough = not self.found_before
            counts = finding.find(session, self.finders, self.rules, now, thorough=thorough)
            counts["skipped"] += planning.expire(session, now, self.today(now))
            near.part(session, now, self.today(now))
        self.found_before = True
        return counts

    def draft(self) -> Counter[str]:
        """Write every note that waits for words; count drafted, approved, blocked and skipped."""
        counts: Counter[str] = Counter()
        if self.wordings.changed_at() != self.wordings.as_of:
            self.reread()
        while True:
            now = self.clock()
            with self.store.writing() as session:
                written = self._draft_some(session, now)
            counts += written
            if written.total() < drafting.AT_ONCE:
                return counts

    def _draft_some(self, session: Session, now: datetime) -> Counter[str]:
        def foresee(
            session: Session, customers: Sequence[int], until: datetime
        ) -> Sequence[Mapping[str, Any]]:
            return finding.upcoming(session, self.finders, self.rules, until, now, customers)

        return drafting.draft(session, self.desk, self.since, now, self.today(now), foresee)

    def send(
        self,
        worker: Worker,
        stopping: Callable[[], bool] = never,
        only: str | None = None,
        until: datetime | None = None,
        numbered: Callable[[int], object] = sending.untold,
    ) -> Counter[str]:
        """Deliver what is approved and due, by ``only`` this backend or by each; count outcomes.

        With ``until``, what falls due up to then counts as due now; ``numbered``
        is told the number of each batch that is begun. Cards wait
        for the owner's print day, and then make one batch of all that falls
        due on it, unless a person asks or one would be late. Nothing leaves
        while the store is on hold.
        """
        if self.on_hold() is not None:
            return Counter()
        counts = Counter(in_doubt=self.recover(worker)["in_doubt"])
        if only is not None:
            # Asked for by a person, who may have mended what made it rest.
            with self.store.writing() as session:
                rests.wake(session.connection(), only)
        works = [
            sending.Sending(
                store=self.store,
                worker=worker,
                name=name,
                backend=backend,
                clock=self.clock,
                today=self.today,
                stopping=stopping,
                numbered=numbered,
                **(
                    {"until": until}
                    if only or not backend.in_batches
                    else self._print_window(name, gathers=worker.role == "daemon")
                ),
            )
            for name, backend in self.backends.items()
            if only is None or name == only
        ]
        # Side by side: a mail server that keeps silent must not keep cards from being printed.
        with ThreadPoolExecutor(max(len(works), 1)) as pool:
            return sum(pool.map(sending.send_due, works), counts)

    def _print_window(self, name: str, *, gathers: bool) -> dict[str, datetime]:
        """Return up to when cards count as due today, and by when the others would be late.

        Where any day is a print day, the first card that is due brings all of its day along.
        Who ``gathers`` lets a person finish reading first, unless a card would be late.
        """
        wished, zone = self.config.delivery.print.print_day, self.config.business.timezone
        now = self.clock()
        today = self.today(now)
        tomorrow = moment(today + timedelta(days=1), time(0), zone)
        if wished == "any":
            with self.store.reading() as session:
                if not claims.due_count(session, name, now):
                    return {}
                reads = gathers and claims.approved_since(session, name, now - STILL_READING)
            late = {"late_by": now + STILL_READING} if reads else {}
            return {"until": tomorrow, **late}
        days = (WEEKDAYS.index(wished) - today.weekday()) % 7
        if days == 0:
            return {"until": tomorrow}
        return {"late_by": moment(today + timedelta(days=days), time(0), zone)}

    def remember(self, worker: Worker, counts: Mapping[str, int]) -> str:
        """Keep what ``worker`` did, for `status`; return it in words, empty for nothing."""
        told = in_words(counts)
        if told:
            with self.store.writing() as session:
                workers.beat(session, worker, self.clock(), told)
        return told

    def rehearse(self) -> dict[str, int]:
        """Count what :meth:`run_once` would do now; nothing is kept and nothing leaves."""
        now = self.clock()
        today = self.today(now)
        with self.store.trying() as session:
            counts = finding.find(session, self.finders, self.rules, now)
            counts["skipped"] += planning.expire(session, now, today)
            near.part(session, now, today)
            while written := self._draft_some(session, now):
                counts += written
            for name, backend in self.backends.items():
                word = "printed" if backend.in_batches else "sent"
                window = self._print_window(name, gathers=False) if backend.in_batches else {}
                counts[word] += claims.claimable(session, name, now, today, **window)
        return {name: counts[name] for name in COUNTS}

    @property
    def repeatable(self) -> list[str]:
        """The backends to which delivering a note twice comes to the same as once."""
        return [name for name, backend in self.backends.items() if backend.repeatable]

    def recover(self, worker: Worker) -> Counter[str]:
        """Take back what dead workers held; count what is in doubt, and what was taken back."""
        with self.store.synced() as session:
            dead, rebooted = workers.dead_workers(session, worker)
            lost, back = recovery.recover(session, dead, rebooted, self.repeatable, self.clock())
        return Counter(in_doubt=lost, taken_back=back)

    def run_once(self, worker: Worker, stopping: Callable[[], bool] = never) -> dict[str, int]:
        """Find, draft and deliver all that is due now; return the counts, each of ``COUNTS``."""
        self.wake_the_mended()
        self.find_standings()
        counts = self.find() + self.draft() + self.send(worker, stopping)
        return {name: counts[name] for name in COUNTS}

    def next_due(self) -> datetime | None:
        """Return when the next approved note is due, or its backend has rested; None: none is."""
        now = self.clock()
        with self.store.reading() as session:
            wakes = [rest.until_at for rest in rests.resting(session, now).values()]
            due = claims.next_try_at(session, now)
        return min([*wakes, *([due] if due else [])], default=None)

    def resting(self) -> list[Rest]:
        """Return the backends that rest although something is due, with why."""
        now = self.clock()
        with self.store.reading() as session:
            found = rests.resting(session, now)
            return [rest for name, rest in found.items() if claims.due_count(session, name, now)]

    def wake_the_mended(self) -> None:
        """Let no backend rest whose settings were changed since it began to."""
        changed_at = datetime.fromtimestamp(self.config.path.stat().st_mtime, UTC)
        with self.store.writing() as session:
            for rest in rests.resting(session, self.clock()).values():
                if rest.since_at < changed_at:
                    session.delete(rest)

    def wake_all(self) -> None:
        """Let no backend rest any longer: somebody started anew, maybe after mending it."""
        with self.store.writing() as session:
            for name in self.backends:
                rests.wake(session.connection(), name)

    def horizon(self, days: int) -> datetime:
        """Return the moment ``days`` from now."""
        return self.clock() + timedelta(days=days)

    def end_of(self, text: str) -> datetime:
        """Return the moment at which the day that a person wrote ends for the business."""
        day = parse_coming_day(text, self.today()) + timedelta(days=1)
        return moment(day, time(0), self.config.business.timezone)

    def tell_rest(self, backend: str) -> None:
        """Return unless ``backend`` rests.

        Raises:
            AppreciationError: it rests; why, and what to look at.
        """
        with self.store.reading() as session:
            rest = rests.resting(session, self.clock()).get(backend)
        if rest is not None:
            raise AppreciationError(
                f"{backend} cannot deliver: {rest.why}", mend="appreciation doctor"
            )

    def greeting(self, customer: Customer) -> str:
        """Return how a note to ``customer`` would open."""
        wished = customer.language or self.config.business.language
        language = self.wordings.spoken(next(iter(self.desk.occasions), ""), wished)
        return drafting.opening(self.desk, drafting.reader_of(customer), language)

    def allowed_in(self, note: Note) -> list[str]:
        """Return the names that may stand in ``note`` however they look."""
        return drafting.names_allowed(self.desk, note.customer)

    def upcoming(self, days: int) -> list[Mapping[str, Any]]:
        """Return what is not noted yet and falls due within ``days``; writes nothing."""
        now = self.clock()
        with self.store.reading() as session:
            return finding.upcoming(session, self.finders, self.rules, self.horizon(days), now)

    @property
    def templates_folder(self) -> Path:
        """Where the owner's own wordings lie."""
        return self.config.resolve(self.config.templates.folder)

    def reread(self) -> None:
        """Read the templates anew: somebody changed one, and blocked notes get another try."""
        self.wordings = parts.wordings(self.config)
        self.since = self.clock()
        # Made anew when it is asked for; maybe nobody ever did.
        vars(self).pop("desk", None)

    def on_hold(self) -> Instance | None:
        """Return since when and why nothing may leave, or None."""
        with self.store.reading() as session:
            found = instance.instance(session)
            return found if found.held_why is not None else None

    @property
    def heartbeat(self) -> Path:
        """The file that follows the store: beside its own, or beside the settings of a server's."""
        file = self.store.file
        return Path(f"{file}.heartbeat") if file else self.config.resolve(Path("store.heartbeat"))

    def beat(self, worker: Worker) -> None:
        """Show that ``worker`` lives and that this is no copy of the store; one is put on hold."""
        now = self.clock()
        with self.store.synced() as session:
            workers.beat(session, worker, now)
            heard = instance.beat(
                session,
                self.store.place(session),
                self.heartbeat,
                now,
                alone=self.store.is_sqlite,
            )
        # Never ahead of the store: a file that is newer gives a copy away.
        if heard is not None:
            instance.write_all(self.heartbeat, heard)

    @contextlib.contextmanager
    def at_work(self, role: str) -> Iterator[Worker]:
        """Be a worker for as long as the block lasts."""
        with self.store.writing() as session:
            worker = workers.enlist(session, role, self.clock())
        self.beat(worker)
        try:
            yield worker
        finally:
            with self.store.writing() as session:
                workers.dismiss(session, worker, self.clock())

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the one lock that a daemon of an SQLite store needs; a server needs none.

        Raises:
            Busy: another daemon has it.
        """
        if self.store.file is None:
            yield
            return
        with locking.held(Path(f"{self.store.file}.lock")) as mine:
            if not mine:
                raise Busy(
                    f"another daemon is at work on {self.store.file}", mend="appreciation status"
                )
            yield

    def retry(self, note: Note, by: str | None = None) -> None:
        """Let ``note`` go out once more, ``by`` email or post where that is named.

        Raises:
            AppreciationError: it cannot be tried again, or not that way.
        """
        if by is None or (by == note.channel and note.state is NoteState.FAILED):
            review.retry(note, self.clock())
            return
        message_id = new_message_id(note.id, self.config.business.email)
        review.retry_by(note, review.Way(by, self.carriers[by], message_id), self.clock())

    def take_back(
        self, mails: Iterable[bytes], stopping: Callable[[], bool] = never
    ) -> Counter[str]:
        """Take in those of ``mails`` that came back; count came_back, delayed, known, not_ours."""
        counts: Counter[str] = Counter()
        heard = takewhile(lambda _: not stopping(), mails)
        returned = (told for mail in heard if (told := bounces.read(mail)))
        # Read first and written then: a slow server must not keep the store waiting.
        while some := list(islice(returned, _RETURNED_AT_ONCE)):
            with self.store.writing() as session:
                counts += returning.take_back(session, some, self.clock())
        return counts

    def last_complete_day(self) -> date:
        """Return up to which day the orders in the store can be taken for complete."""
        with self.store.reading() as session:
            return valuing.last_complete_day(session, self.today())

    def worth(self, as_of: date, kind: Kind = Kind.MBG, prior: Prior = Prior.WEAK) -> Shop:
        """Return what every customer is worth, from their orders up to ``as_of``, inclusive."""
        asked = Question(as_of, kind, prior, self.terms)
        with self.store.reading() as session:
            return valuing.value(session, asked, self.config.business.currency, everybody=True)

    @property
    def terms(self) -> Terms:
        """How the owner counts what a customer is worth."""
        return Terms(**dict(self.config.value))

    def find_standings(self) -> int:
        """Find where customers stand, once on each day; return how many have a standing now.

        As of yesterday: today's orders are not complete.
        """
        now = self.clock()
        with self.store.reading() as session:
            found_at = valued.found_at(session)
        if found_at is not None and self.today(found_at) == self.today(now):
            return 0
        asked = Question(self.today(now) - timedelta(days=1), terms=self.terms)
        return valuing.keep_standings(self.store, asked, self.config.business.currency, now)

    def letter(self, note: Note) -> Letter:
        """Return ``note`` as its backend will get it."""
        return sending.letter(note, None, self.clock())


def assemble(config: Config, clock: Clock = utc_now) -> Appreciation:
    """Put together what ``config`` asks for. Opens no connection yet.

    Raises:
        UnknownPlugin: a backend or an occasion is set that nobody has.
    """
    return Appreciation(
        config=config,
        store=Store(config.store_url),
        wordings=parts.wordings(config),
        finders=parts.finders(config),
        backends=parts.backends(config),
        mailbox=parts.mailbox(config),
        clock=clock,
    )
