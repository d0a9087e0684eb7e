"""Dated copies of an SQLite store: made while it is in use, proven whole, and put back."""

import contextlib
import os
import re
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
_DAY = r"\d{4}-\d\d-\d\d"
# So much of a store's name keeps the copies of two stores in one folder apart.
_NAME_LETTERS = 8
_NAME = f"[0-9a-f]{{{_NAME_LETTERS}}}"


def make(store: Store, folder: Path, made_at: datetime) -> Path:
    """Copy ``store`` into ``folder`` while others use it, prove the copy whole, and return it.

    ``made_at`` is in the owner's zone, since it names the file.

    Raises:
        AppreciationError: it cannot be written, or what was written is not whole.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        whole = folder / f"{_stem(store)}-{_own_name(store)}-{made_at.strftime(_STAMP)}.db"
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
        _check(link, file)


def _check(link: sqlite3.Connection, file: Path) -> None:
    faults = link.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if faults != "ok":
        raise _damaged(file, faults.splitlines()[0])
    if link.execute("PRAGMA foreign_key_check").fetchone():
        raise _damaged(file, "rows of it belong to nothing")
    tables = {name for (name,) in link.execute("SELECT name FROM sqlite_master")}
    if not {"alembic_version", "customers", "notes"} <= tables:
        raise AppreciationError(
            f"{file} is a database, but not one of ours", mend="appreciation backup --list"
        )
    (revision,) = link.execute("SELECT max(version_num) FROM alembic_version").fetchone()
    if revision is None or ("instance" in tables and _name_in(link) is None):
        raise _damaged(file, "it does not know what it is")
    migrating.check_known(revision, shown=str(file))


def _damaged(file: Path, how: str) -> AppreciationError:
    return AppreciationError(f"{file} is damaged: {how}", mend="take another copy")


def made(store: Store, folder: Path) -> list[Path]:
    """Return the copies of ``store`` in ``folder``, the oldest first; of nothing else there.

    Where it is lost, or cannot be read, they are those of any store of its file's name.
    """
    pattern = re.compile(
        rf"{re.escape(_stem(store))}-{_own_name(store) or _NAME}-({_DAY}-\d{{6}})\.db"
    )
    files = folder.iterdir() if folder.is_dir() else ()
    found = ((told[1], file) for file in files if (told := pattern.fullmatch(file.name)))
    return [file for _, file in sorted(found)]


def made_on(copy: Path) -> str:
    """Return the day on which ``copy`` was made, as its name tells: 2026-11-22."""
    days = re.findall(_DAY, copy.stem)
    return str(days[-1]) if days else ""


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
    _insist_on(source)
    fresh = file.with_name(f"{file.name}.fresh")
    with _told(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        _take_over(store, source, fresh)
        _put_on_hold(store.at(fresh), f"it was restored from {source.name}", now)
        sync(fresh)
        old = _set_aside(store, file.with_name(f"{file.stem}-before-restore-{stamp}.db"))
        fresh.replace(file)
        sync(file.parent)
    return old


def _take_over(store: Store, source: Path, fresh: Path) -> None:
    """Copy ``source`` to ``fresh``, which is gone again where that is not whole, or not ours."""
    _remove(fresh)
    try:
        shutil.copyfile(source, fresh)
        if Path(f"{source}-wal").exists():
            # A store that was never closed: what it knows last is in its log.
            shutil.copyfile(f"{source}-wal", f"{fresh}-wal")
        with _told(source), contextlib.closing(sqlite3.connect(fresh)) as link:
            _check(link, source)
            _check_lineage(store, source, link)
    except BaseException:
        _remove(fresh)
        raise


def _check_lineage(store: Store, source: Path, link: sqlite3.Connection) -> None:
    own = _own_name(store)
    # One that was made before stores had names has no such table.
    has_name = link.execute("PRAGMA table_info(instance)").fetchone() is not None
    if own and has_name and not (_name_in(link) or "").startswith(own):
        raise AppreciationError(
            f"{source} is a copy of another store, with other customers",
            mend=f"if you want just that, move {store.file} away first",
        )


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


def _own_name(store: Store) -> str:
    """Return the beginning of the store's own name; empty where it is not to be had."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{Path(store.file or '').absolute().as_uri()}?mode=ro", uri=True)
        ) as link:
            return (_name_in(link) or "")[:_NAME_LETTERS]
    except sqlite3.Error:
        return ""


def _name_in(link: sqlite3.Connection) -> str | None:
    row = link.execute("SELECT name FROM instance").fetchone()
    return row and str(row[0])


def _insist_on(file: Path) -> None:
    if not file.is_file():
        raise AppreciationError(f"there is no copy {file}", mend="appreciation backup --list")


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise AppreciationError(
            f"{path}: {error}", mend="take another copy, and see whether its disk is sound"
        ) from error
    except OSError as error:
        raise AppreciationError(
            f"{error.filename or path}: {error.strerror}",
            mend="see that there is room, and that the folder is yours to write",
        ) from error
