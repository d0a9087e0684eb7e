"""Folders that letters are left in."""

import os
from pathlib import Path

from appreciation.errors import AppreciationError


def insist_writable(folder: Path, backend: str) -> None:
    """Return once ``folder`` is there and can be written to.

    Raises:
        AppreciationError: it cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppreciationError(
            f"the folder {folder} cannot be made: {error.strerror}",
            mend=f"name another folder under [delivery.{backend}]",
        ) from error
    if not os.access(folder, os.W_OK):
        raise AppreciationError(
            f"the folder {folder} cannot be written to",
            mend=f"make the folder yours, or name another one under [delivery.{backend}]",
        )
