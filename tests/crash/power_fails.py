"""The program on a machine whose power fails at an edge: what was not synced is lost.

``power_fails.py --config FILE EDGE PASS DISK COMMAND..`` keeps in the folder
DISK what the disk surely holds of the store: its state at the last synced
commit. SQLite gives no such promise for the commits since.
"""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from appreciation import machine
from appreciation.cli import main
from appreciation.store.engine import Store
from tests.crash.dies_at import arm

LOG = "-wal"


def keep_on(disk: Path) -> None:
    """Copy the store to ``disk`` behind each synced commit."""
    real = Store.synced

    @contextlib.contextmanager
    def synced(store: Store) -> Iterator[Session]:
        with real(store) as session:
            yield session
        assert store.file is not None
        # Nobody writes meanwhile.
        with store._turn:  # noqa: SLF001
            # The log first: what is taken over from it meanwhile is in the file as well.
            for part in (LOG, ""):
                shutil.copyfile(f"{store.file}{part}", disk / f"store{part}")

    Store.synced = synced  # type: ignore[method-assign,assignment]


def come_back(file: Path, disk: Path) -> None:
    """Leave of the store at ``file`` what the disk kept."""
    for part in (LOG, ""):
        shutil.copyfile(disk / f"store{part}", f"{file}{part}")
    Path(f"{file}-shm").unlink()


if __name__ == "__main__":
    _, config, path, edge_of_death, nth, kept_on, *command = sys.argv
    machine.boot_id = lambda: "before the power failed"
    keep_on(Path(kept_on))
    arm(edge_of_death, int(nth))
    sys.exit(main([config, path, *command]))
