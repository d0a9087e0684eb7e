"""The real stages run from now to a day to come, over a copy of the store that is removed again."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from appreciation.app import Appreciation, never
from appreciation.config.values import EVERYBODY, NOBODY
from appreciation.dates import days_between, moment
from appreciation.errors import NotUnderstood
from appreciation.simulation.figures import Figures, add_up
from appreciation.simulation.imagined import Imagined
from appreciation.stages import review, sending
from appreciation.store import claims, planning, simulating, workers
from appreciation.store.engine import Store
from appreciation.store.tables import Worker

_A_DAY = timedelta(days=1)
# In days. Nobody knows their customers of in three years.
FARTHEST = 1100
# Told how much of it is done, from 0 to 1.
Watch = Callable[[float], None]


@dataclass
class Stepping:
    """A clock that stands still between two steps."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def simulate(app: Appreciation, first: date, days: int, watch: Watch = lambda _: None) -> Figures:
    """Return what would become of ``days`` days from ``first`` on, which is today or later.

    The days before ``first`` are lived through as well, since what they bring
    is known to the others. Nothing of it touches the store of ``app``.

    Raises:
        NotUnderstood: the last day lies too far ahead.
        AppreciationError: there is no room for a copy.
    """
    last, today = first + timedelta(days=days - 1), app.today()
    if last >= today + timedelta(days=FARTHEST):
        raise NotUnderstood(
            f"{last} lies more than {FARTHEST} days ahead", mend="take fewer days, or sooner ones"
        )
    with (
        tempfile.TemporaryDirectory(prefix="appreciation-simulated-") as folder,
        simulating.private_copy(app.store, Path(folder)) as store,
        _silence(),
    ):
        imagined = _imagined(app, store)
        worker = _enlisted(imagined)
        whole = (last - today).days + 1
        every = _every(app)
        for number, day in enumerate(days_between(today, last)):
            _live(imagined, worker, day, look=number % every == 0)
            watch((number + 1) / whole)
        zone = app.config.business.timezone
        since = max(moment(first, time(0), zone), app.clock())
        until = moment(last + timedelta(days=1), time(0), zone)
        with store.reading() as session:
            return add_up(session, app, since, until)


def _imagined(app: Appreciation, store: Store) -> Appreciation:
    """Return ``app`` over another store, by a clock that is set, to backends that do nothing."""
    # Approved as they are written: to look at each a second time takes as long as to write it.
    finders = [
        replace(finder, settings=finder.settings.model_copy(update={"approve": "auto"}))
        for finder in app.finders
    ]
    backends = {name: Imagined(channel=backend.channel) for name, backend in app.backends.items()}
    return Appreciation(
        config=app.config,
        store=store,
        wordings=app.wordings,
        finders=finders,
        backends=backends,
        clock=Stepping(app.clock()),
    )


def _enlisted(app: Appreciation) -> Worker:
    # Not by ``at_work``, which writes the heartbeat of the real store.
    with app.store.writing() as session:
        return workers.enlist(session, "simulation", app.clock())


def _live(app: Appreciation, worker: Worker, day: date, *, look: bool) -> None:
    """Live through ``day``; ``look`` for occasions in its first moment, and as some fall due."""
    clock = app.clock
    assert isinstance(clock, Stepping)
    zone = app.config.business.timezone
    begins_at, ends_at = (moment(each, time(0), zone) for each in (day, day + _A_DAY))
    looks = {begins_at} if look else set()
    for at in sorted({begins_at, *_looks(app, day)}):
        _deliver(app, worker, before=at)
        clock.now = max(clock.now, at)
        if at != begins_at or at in looks:
            if _is_by_standing(app):
                app.find_standings()
            app.find()
        # Each day, since a hold may be over, or a note late by now.
        _write(app)
    _deliver(app, worker, before=ends_at)


def _every(app: Appreciation) -> int:
    """Return how often to look, in days: so that all is found well before it falls due."""
    ahead = [finder.settings.ahead for finder in app.finders if finder.settings.enabled]
    return max(min(ahead, default=0) // 2, 1)


def _looks(app: Appreciation, day: date) -> list[datetime]:
    """Return when to look during ``day``: what is not written ahead is found as it falls due."""
    zone = app.config.business.timezone
    late = {f.settings.send_at for f in app.finders if f.settings.enabled and not f.settings.ahead}
    if not late:
        return []
    with app.store.reading() as session:
        zones = {name or zone for name in planning.zones(session)}
    days = [day - _A_DAY, day, day + _A_DAY]
    looks = {moment(each, at, name) for each in days for at in late for name in zones}
    return [at for at in looks if app.today(at) == day]


def _write(app: Appreciation) -> None:
    """Write what waits for words, and approve it as whoever reads all of it would."""
    app.draft()
    with app.store.writing() as session:
        for note in simulating.waiting(session):
            review.approve(note, app.clock())


def _deliver(app: Appreciation, worker: Worker, *, before: datetime) -> None:
    """Let everything leave that falls due before a moment, now and at once.

    Not each at its own hour: what leaves some hours early is neither late nor
    another day's, and one claim costs as much as a hundred.
    """
    until = before - timedelta(microseconds=1)
    for name, backend in app.backends.items():
        with app.store.reading() as session:
            if not claims.due_count(session, name, until):
                continue
        work = sending.Sending(
            store=app.store,
            worker=worker,
            name=name,
            backend=backend,
            clock=app.clock,
            today=app.today,
            stopping=never,
            until=until,
        )
        sending.send_due(work)


def _is_by_standing(app: Appreciation) -> bool:
    """Return whether it matters where customers stand: that is dear to find each day."""
    wanted = [finder for finder in app.finders if finder.settings.enabled]
    return any(
        finder.name == "quiet"
        or finder.settings.to != EVERYBODY
        or finder.settings.card_to != NOBODY
        for finder in wanted
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the stages from warning of notes that nobody will ever see."""
    logger = logging.getLogger("appreciation")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
