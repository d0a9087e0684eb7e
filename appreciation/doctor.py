"""A look at everything that must be right before a note can leave."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from appreciation import ping, templating, watching
from appreciation.app import Appreciation
from appreciation.config.reading import unknown_environment
from appreciation.digest import posting
from appreciation.errors import AppreciationError, NeedsALook
from appreciation.status import look
from appreciation.store import backups, rests
from appreciation.upkeep import copies

# A copy is made each day on which anybody is at work.
_LATELY = timedelta(days=3)
# So many faults of wordings are named; one day without words is a fault in each language.
_FAULTS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: fine, or what is wrong and the mend."""

    what: str
    fine: bool
    told: str
    mend: str = ""


def examine(opened: Callable[[], Appreciation], environ: Mapping[str, str]) -> Iterator[Found]:
    """Yield what was found, one look after another; a backend that answers may work again."""
    try:
        app = opened()
    except AppreciationError as error:
        yield Found("settings", fine=False, told=str(error), mend=error.mend)
        return
    yield Found("settings", fine=True, told=str(app.config.path))
    for name, meant in unknown_environment(environ).items():
        mend = f"did you mean {meant}?" if meant else "remove it"
        yield Found(
            "settings", fine=False, told=f"{name} in the environment sets nothing", mend=mend
        )
    store = _asked("store", lambda: _store(app))
    yield store
    if store.fine:
        yield _asked("backup", lambda: _backup(app))
    yield from _templates(app)
    for channel, name in app.carriers.items():
        found = _asked(f"{channel} by {name}", app.backends[name].check)
        yield found
        if found.fine and store.fine:
            with app.store.writing() as session:
                rests.wake(session.connection(), name)
    yield from _beside(app, store_is_fine=store.fine)
    if store.fine:
        yield _asked("daemon", lambda: _daemon(app))


def _beside(app: Appreciation, *, store_is_fine: bool) -> Iterator[Found]:
    """Look at what is wanted beside the delivery of notes, where it is set."""
    mailbox, watched, url = app.mailbox, app.config.watch, app.config.ping.url
    if mailbox is not None:
        yield _asked("bounces", mailbox.check)
    if watched is not None:
        yield _asked("import", lambda: watching.check(watched))
    if app.config.digest.every != "never" and store_is_fine:
        yield _asked("digest", lambda: posting.check(app))
    if url:
        yield _asked("ping", lambda: ping.check(url))


def _asked(what: str, ask: Callable[[], str]) -> Found:
    try:
        return Found(what, fine=True, told=ask())
    except AppreciationError as error:
        return Found(what, fine=False, told=str(error), mend=error.mend)


def _store(app: Appreciation) -> str:
    held = app.ready().on_hold()
    if held is not None:
        raise NeedsALook(f"nothing leaves: {held.held_why}", mend="appreciation resume")
    return app.store.shown


def _backup(app: Appreciation) -> str:
    if app.store.file is None:
        return "is your server's: pg_dump"
    made = copies(app)
    if not made:
        return "none yet; the daemon makes one each day"
    if backups.made_on(made[-1]) < str(app.today() - _LATELY):
        raise NeedsALook(f"the newest is {made[-1]}", mend="appreciation backup")
    return f"the newest is {made[-1]}"


def _templates(app: Appreciation) -> Iterator[Found]:
    # Ours are read by the tests of every version; what an owner wrote is read here.
    faults = templating.faults(app, within=app.templates_folder)
    for fault in faults[:_FAULTS]:
        yield Found("templates", fine=False, told=str(fault), mend="appreciation template check")
    if len(faults) > _FAULTS:
        told = f"and {len(faults) - _FAULTS} more faults"
        yield Found("templates", fine=False, told=told, mend="appreciation template check")
    if not faults:
        yield Found("templates", fine=True, told=f"{len(app.wordings)} wordings")


def _daemon(app: Appreciation) -> str:
    if not look(app).alive:
        raise AppreciationError(
            "no daemon is at work", mend="appreciation run, or appreciation service install --user"
        )
    return "at work"
