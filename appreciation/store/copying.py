"""Copying an SQLite store while others use it."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from appreciation.store.engine import Store


def copied(store: Store, target: Path) -> None:
    """Write ``store``, as it is at one instant, to ``target``, a new file; return when it lasts."""
    assert store.file is not None
    # Customers' data: nobody may read the copy who may not read the store.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    shutil.copymode(store.file, target)
    with store.engine.connect() as link, contextlib.closing(sqlite3.connect(target)) as into:
        link.connection.driver_connection.backup(into)  # type: ignore[union-attr]
        # One file alone, which can be carried away.
        into.execute("PRAGMA journal_mode = DELETE")
    sync(target)


def sync(path: Path) -> None:
    """Have the disk keep a file, or what a folder lists."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
