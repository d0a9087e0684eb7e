"""Puts a finished batch in its place: all of its files at once, or none."""

import os
import shutil
from collections.abc import Callable, Sequence
from glob import escape
from pathlib import Path

from appreciation.machine import host, is_alive
from appreciation.printing.refusals import FolderTaken


def insist_on_absence(folder: Path) -> None:
    """Refuse a folder that is there.

    Raises:
        FolderTaken: it is, or a link is in its place.
    """
    # A link that leads nowhere does not "exist", but takes the place all the same.
    if os.path.lexists(folder):
        raise FolderTaken(
            f"{folder} is there already", mend="print into another folder, or move that one away"
        )


def put_in_place(
    made: Path, names: Sequence[str], folder: Path, release: Callable[[], None]
) -> None:
    """Copy the files beside ``folder``, call ``release``, and rename the copy to it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    unfinished = folder.with_name(f".{folder.name}.{host()}.{os.getpid()}.unfinished")
    unfinished.mkdir()
    try:
        for name in names:
            _copy_to_disk(made / name, unfinished / name)
        insist_on_absence(folder)
        release()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _sweep(shelf: Path) -> None:
    """Take away what killed runs of this machine left: nobody would find the addresses in it."""
    for left in shelf.glob(f".*.{escape(host())}.*.unfinished"):
        process = int(left.name.split(".")[-2])
        if process == os.getpid() or not is_alive(process):
            shutil.rmtree(left, ignore_errors=True)


def _copy_to_disk(source: Path, target: Path) -> None:
    with source.open("rb") as made, target.open("xb") as file:
        shutil.copyfileobj(made, file)
        file.flush()
        os.fsync(file.fileno())
