"""Keeping the store: copies of it, putting one back, and going on after that."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from appreciation.app import Appreciation
from appreciation.errors import AppreciationError
from appreciation.store import backups, batches, instance, recovery


def back_up(app: Appreciation) -> tuple[Path, list[Path]]:
    """Copy the store into the folder of the settings; return the copy, and the old ones removed.

    Raises:
        AppreciationError: it cannot be written, or a server keeps the store; the
            mend is the command for that.
    """
    if app.store.file is None:
        raise AppreciationError(
            "a PostgreSQL server keeps the store, and copies it by its own command",
            mend=f"pg_dump --format=custom --file=appreciation.dump '{app.store.for_psql}'",
        )
    made = backups.make(app.store, _folder(app), _here(app))
    return made, backups.prune(app.store, _folder(app), keep=app.config.backup.keep)


def back_up_daily(app: Appreciation) -> Path | None:
    """Copy the store unless that was done today, or is not wanted; return the copy."""
    if not app.config.backup.daily or app.store.file is None:
        return None
    today = f"{_here(app):%Y-%m-%d}"
    if any(backups.made_on(copy) == today for copy in copies(app)):
        return None
    return back_up(app)[0]


def copies(app: Appreciation) -> list[Path]:
    """Return the copies of the store that there are, the oldest first; none of a server's."""
    return backups.made(app.store, _folder(app)) if app.store.file else []


def restore(app: Appreciation, copy: Path) -> Path | None:
    """Put ``copy`` in the place of the store, on hold; return where the old one lies now, if any.

    Raises:
        AppreciationError: the copy is not whole, or a server keeps the store.
        Busy: a daemon is at work.
    """
    if app.store.file is None:
        raise AppreciationError(
            "a PostgreSQL server keeps the store, and restores it by its own command",
            mend=f"stop the daemon, then: pg_restore --clean --if-exists"
            f" --dbname='{app.store.for_psql}' FILE",
        )
    with app.alone():
        app.store.close()
        return backups.restore(app.store, copy, f"{_here(app):%Y-%m-%d-%H%M%S}", app.clock())


def due_before_resuming(app: Appreciation) -> int:
    """Return how many notes :func:`resume` would put in doubt.

    What fell due meanwhile is found and written first: an occurrence that
    this copy does not know yet may have been written about as well.

    Raises:
        AppreciationError: the store is not on hold.
    """
    if app.on_hold() is None:
        raise AppreciationError("the store is not on hold", mend="appreciation status")
    app.find()
    app.draft()
    with app.store.trying() as session:
        return recovery.doubt_due(session, "", app.repeatable, app.clock())


def resume(app: Appreciation, *, nothing_left: bool) -> int:
    """End the hold; return how many notes are in doubt because of it.

    What fell due up to now may have left from another copy of the store, and
    only a person can know; unless one says that ``nothing_left``.

    Raises:
        AppreciationError: the store is not on hold.
    """
    due_before_resuming(app)
    doubted = 0
    with app.store.synced() as session:
        if not nothing_left:
            why = f"may have left before: {instance.instance(session).held_why}"
            doubted = recovery.doubt_due(session, why, app.repeatable, app.clock())
        instance.resume(session, app.heartbeat)
        batches.leap(session)
    return doubted


def _folder(app: Appreciation) -> Path:
    return app.config.resolve(app.config.backup.folder)


def _here(app: Appreciation) -> datetime:
    return app.clock().astimezone(ZoneInfo(app.config.business.timezone))
