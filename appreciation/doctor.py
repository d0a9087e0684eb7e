"""A look at everything that must be right before a note can leave."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from appreciation.app import Appreciation
from appreciation.config.reading import unknown_environment
from appreciation.errors import AppreciationError
from appreciation.status import look
from appreciation.store import claims


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
    store = _asked("store", lambda: app.ready().store.shown)
    yield store
    yield from _templates(app)
    for channel, name in app.carriers.items():
        found = _asked(f"{channel} by {name}", app.backends[name].check)
        yield found
        if found.fine and store.fine:
            with app.store.writing() as session:
                claims.wake(session.connection(), name)
    if store.fine:
        yield _asked("daemon", lambda: _daemon(app))


def _asked(what: str, ask: Callable[[], str]) -> Found:
    try:
        return Found(what, fine=True, told=ask())
    except AppreciationError as error:
        return Found(what, fine=False, told=str(error), mend=error.mend)


def _templates(app: Appreciation) -> Iterator[Found]:
    faults = app.faults_of_templates()
    for fault in faults:
        yield Found("templates", fine=False, told=str(fault), mend="appreciation template check")
    if not faults:
        yield Found("templates", fine=True, told=f"{len(app.wordings.all())} wordings")


def _daemon(app: Appreciation) -> str:
    if not look(app).alive:
        raise AppreciationError(
            "no daemon is at work", mend="appreciation run, or appreciation service install --user"
        )
    return "at work"
