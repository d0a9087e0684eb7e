"""Making the store, and bringing an older one up to this version."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from appreciation.errors import NotSetUp
from appreciation.shipped import shipped
from appreciation.store.copying import copied
from appreciation.store.engine import Store


def check(store: Store) -> None:
    """Return when the store exists and is of this version.

    Raises:
        NotSetUp: it is missing, older, newer, no store of ours, or out of reach.
            The mend is the command to type.
    """
    file = store.file
    if file is not None and not Path(file).exists():
        raise NotSetUp(f"there is no store at {file}", mend="appreciation init")
    with _reached(store):
        found, tables = _revision(store)
    if found is None and tables:
        raise NotSetUp(
            f"{store.shown} is a database, but not one of ours",
            mend="name another one as [store] url in the settings",
        )
    if found is None:
        raise NotSetUp(f"{store.shown} is empty", mend="appreciation init")
    check_known(found, store.shown)
    if found != revisions()[-1]:
        raise NotSetUp(
            f"{store.shown} was made by an older version of appreciation",
            mend="appreciation migrate",
        )


def check_known(found: str, shown: str) -> None:
    """Return when ``found``, the revision of the store ``shown``, is of this version or older.

    Raises:
        NotSetUp: it is a newer one.
    """
    if found not in revisions():
        raise NotSetUp(
            f"{shown} was made by a newer version of appreciation (its schema is {found})",
            mend="pip install --upgrade appreciation",
        )


def migrate(store: Store, *, backup_name: str) -> Path | None:
    """Make the store, or bring it up to this version; repeat it as you like.

    An SQLite store that exists is copied to ``backup_name`` beside it first;
    the copy's path is returned, or None where there was nothing to change.
    Without a ``backup_name`` what is there stays as it is.

    Raises:
        NotSetUp: the folder cannot be written, the server is out of reach, or
            what is there is newer or not ours.
    """
    file = store.file
    with _reached(store):
        if file is not None and not Path(file).parent.is_dir():
            raise NotSetUp(
                f"there is no folder {Path(file).parent} for the store",
                mend=f"mkdir -p {Path(file).parent}",
            )
        found, tables = _revision(store)
        if found == revisions()[-1] or (found is not None and not backup_name):
            return None
        if tables and found not in revisions():
            check(store)
        backup = None
        if file is not None and found is not None:
            backup = Path(file).with_name(backup_name)
            copied(store, backup)
        upgrade(store)
    return backup


def upgrade(store: Store) -> None:
    """Run what this version brings, all of it or nothing."""
    # Here alone: to load it takes as long as most commands do.
    from alembic import command

    config = alembic_config()
    with _reached(store), store.recording(synced=True) as link:
        config.attributes["connection"] = link
        command.upgrade(config, "head")


def revisions() -> list[str]:
    """Return the name of every revision, the oldest first: its file begins with it."""
    return sorted(file.name[:4] for file in shipped("migrations").glob("versions/[0-9]*.py"))


def alembic_config() -> Any:
    """Return where the migrations lie, for whoever runs them: an ``alembic.config.Config``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    # Alembic tells each step; a person who migrates wants to know only that it is done.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return config


def _revision(store: Store) -> tuple[str | None, list[str]]:
    with store.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if "alembic_version" not in tables:
            return None, tables
        return connection.scalar(text("SELECT version_num FROM alembic_version")), tables


@contextlib.contextmanager
def _reached(store: Store) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        told = str(error.orig).strip().splitlines()[0]
        raise NotSetUp(
            f"the store {store.shown} cannot be opened: {told}",
            mend="check [store] url, the room on its disk, and that file or server is yours to use",
        ) from error
