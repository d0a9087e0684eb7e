"""A lock between processes that the operating system frees when its holder dies."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from appreciation.errors import AppreciationError


@contextlib.contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the lock file at ``path`` for as long as the block lasts; False where another has it."""
    try:
        file = path.open("a")
    except OSError as error:
        raise AppreciationError(
            f"the lock {path} cannot be opened: {error.strerror}",
            mend="make the store's folder yours",
        ) from error
    with file:
        yield _locked(file)


def _locked(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
