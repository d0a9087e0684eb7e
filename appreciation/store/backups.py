"""Dated copies of an SQLite store: made while it is in use, proven whole, and put back."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.store import migrating
from appreciation.store.copying import copied, sync
from appreciation.store.engine import Store
from appreciation.store.instance import hold

_STAMP = "%Y-%m-%d-%H%M%S"


def make(store: Store, folder: Path, made_at: datetime) -> Path:
    """Copy ``store`` into ``folder`` while others use it, prove the copy whole, and return it.

    ``made_at`` is in the owner's zone, since it names the file.

    Raises:
        AppreciationError: it cannot be written, or what was written is not whole.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        whole = folder / f"{_stem(store)}-{made_at.strftime(_STAMP)}.db"
        half = whole.with_suffix(".half")
        half.unlink(missing_ok=True)
        try:
            copied(store, half)
            check(half)
            half.replace(whole)
        finally:
            half.unlink(missing_ok=True)
        sync(folder)
    return whole


def check(file: Path) -> None:
    """Return where ``file`` is a whole store of ours, of this version or an older one.

    Raises:
        AppreciationError: it is not; what is wrong with it.
    """
    with _told(file), contextlib.closing(_read_only(file)) as link:
        faults = link.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if faults != "ok":
            raise AppreciationError(
                f"{file} is damaged: {faults.splitlines()[0]}", mend="take another copy"
            )
        if link.execute("PRAGMA foreign_key_check").fetchone():
            raise AppreciationError(
                f"{file} is damaged: rows of it belong to nothing", mend="take another copy"
            )
        if link.execute("PRAGMA table_info(alembic_version)").fetchone() is None:
            raise AppreciationError(
                f"{file} is a database, but not one of ours", mend="appreciation backup --list"
            )
        (revision,) = link.execute("SELECT max(version_num) FROM alembic_version").fetchone()
    migrating.check_known(revision, shown=str(file))


def made(store: Store, folder: Path) -> list[Path]:
    """Return the copies of ``store`` in ``folder``, the oldest first; of nothing else there."""
    if not folder.is_dir():
        return []
    return sorted(
        file
        for file in folder.glob(f"{_stem(store)}-*.db")
        if _made_at(store, file) is not None and file.is_file()
    )


def made_on(store: Store, file: Path) -> str:
    """Return the day on which the copy ``file`` was made, as its name tells: 2026-11-22."""
    at = _made_at(store, file)
    return f"{at:%Y-%m-%d}" if at else ""


def prune(store: Store, folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the ``keep`` newest copies; return what was removed."""
    old = made(store, folder)[:-keep]
    with _told(folder):
        for file in old:
            file.unlink(missing_ok=True)
    return old


def restore(store: Store, source: Path, stamp: str, now: datetime) -> Path | None:
    """Put the copy ``source`` in the place of ``store``, on hold; return where the old one lies.

    The copy itself stays, and one of an older version is brought up to this
    one. Killed at any instant, the old store or the new one is in its place.
    Nobody else may be at work on the store.

    Raises:
        AppreciationError: the copy is not whole, or cannot be put there.
    """
    assert store.file is not None
    file = Path(store.file)
    check(source)
    fresh = file.with_name(f"{file.name}.fresh")
    with _told(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        _remove(fresh)
        shutil.copyfile(source, fresh)
        _put_on_hold(store.at(fresh), f"it was restored from {source.name}", now)
        sync(fresh)
        old = _set_aside(store, file.with_name(f"{file.stem}-before-restore-{stamp}.db"))
        fresh.replace(file)
        sync(file.parent)
    return old


def _put_on_hold(store: Store, why: str, now: datetime) -> None:
    migrating.upgrade(store)
    with store.synced() as session:
        hold(session, why, now)
    # The last to close it takes the log into the file.
    store.close()


def _set_aside(store: Store, aside: Path) -> Path | None:
    """Give the store's file a second name; whoever is killed here still finds it by the first."""
    assert store.file is not None
    file = Path(store.file)
    if not file.exists():
        return None
    # Into the file with what lies in the log. Of a damaged store both are kept as they are,
    # and not even opened: that would throw the log away.
    with contextlib.suppress(sqlite3.Error):
        with contextlib.closing(_read_only(file)) as link:
            link.execute("PRAGMA schema_version")
        with contextlib.closing(sqlite3.connect(file)) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        os.link(file, aside)
    except OSError:
        # A file system without second names.
        file.rename(aside)
    log = Path(f"{file}-wal")
    if log.exists():
        # The new file must not find the old one's log.
        log.rename(f"{aside}-wal")
    Path(f"{file}-shm").unlink(missing_ok=True)
    return aside


def _remove(file: Path) -> None:
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        each.unlink(missing_ok=True)


def _stem(store: Store) -> str:
    assert store.file is not None
    return Path(store.file).stem


def _made_at(store: Store, file: Path) -> datetime | None:
    try:
        # A name tells no zone.
        return datetime.strptime(file.stem.removeprefix(f"{_stem(store)}-"), _STAMP)  # noqa: DTZ007
    except ValueError:
        return None


def _read_only(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise AppreciationError(f"there is no copy {file}", mend="appreciation backup --list")
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise AppreciationError(
            f"{path}: {error}", mend="see whether its disk has room, and is sound"
        ) from error
    except OSError as error:
        raise AppreciationError(
            f"{error.filename or path}: {error.strerror}",
            mend="see that there is room, and that the folder is yours to write",
        ) from error
