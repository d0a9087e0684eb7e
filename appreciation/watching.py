"""The folder whose files are taken in by themselves, and moved out of the way with a report."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from appreciation import imports
from appreciation.app import Appreciation
from appreciation.errors import AppreciationError, StoreFailed
from appreciation.imports import Watch, Wishes, nobody_watches
from appreciation.stages.importing.report import End, Report

log = logging.getLogger(__name__)

# A file that was written to so lately may not be whole yet.
_SETTLED = timedelta(seconds=5)
_UNFINISHED = (".part", ".tmp", ".crdownload", ".download")
DONE, LOOK = "done", "needs-a-look"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was looked at, and where it lies now."""

    file: Path
    moved_to: Path
    report: Report | None


def take_all(app: Appreciation, watch: Watch = nobody_watches) -> list[Taken]:
    """Take in each file of the watched folder, and move it; none where no folder is set.

    Whoever dies in between takes the file in once more, which changes nothing.
    ``watch`` is told now and then that a large one goes on.

    Raises:
        StoreFailed: the database said no; the file stays for the next time.
    """
    folder = app.config.watch
    if folder is None:
        return []
    check(folder)
    now = app.clock()
    ready = [file for file in sorted(folder.iterdir()) if _is_ready(file, now)]
    return [_taken(app, file, watch) for file in ready]


def check(folder: Path) -> str:
    """Return a word for `doctor` where files can be taken from ``folder`` and moved.

    Raises:
        AppreciationError: they cannot.
    """
    try:
        for name in (DONE, LOOK):
            (folder / name).mkdir(exist_ok=True, parents=True)
    except OSError as error:
        raise AppreciationError(
            f"files in {folder} cannot be moved: {error.strerror}", mend="make that folder yours"
        ) from error
    return f"watches {folder}"


def _is_ready(file: Path, now: datetime) -> bool:
    if not file.is_file() or file.name.startswith((".", "~$")) or file.suffix in _UNFINISHED:
        return False
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) <= now - _SETTLED


def _taken(app: Appreciation, file: Path, watch: Watch) -> Taken:
    try:
        report = imports.apply(app, file, Wishes(), watch)
    except StoreFailed:
        raise
    except AppreciationError as error:
        log.warning("%s was not taken in: %s", file.name, error)
        return Taken(file, _moved(file, LOOK, f"{error}\n{error.mend}\n"), None)
    odd = report.of(End.NEEDS_A_LOOK) + report.of(End.UNREADABLE)
    log.info("%s: %d rows, %d of them need a look", file.name, report.rows, len(odd))
    return Taken(file, _moved(file, LOOK if odd else DONE, _in_words(report)), report)


def _in_words(report: Report) -> str:
    counts = [f"{report.counts[end]:>6} {end.value.replace('_', ' ')}" for end in End]
    told = [f"line {each.line} ({each.end.value}): {each.reason}" for each in report.told]
    undo = f"to take it back: appreciation imports undo {report.import_id}"
    return "\n".join([f"{report.kind}, {report.rows} rows", *counts, undo, *told]) + "\n"


def _moved(file: Path, where: str, words: str) -> Path:
    """Move ``file``, with a report beside it; one of the same name is never overwritten."""
    folder = file.parent / where
    target, number = folder / file.name, 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem} {number}{file.suffix}"
    target.with_name(f"{target.name}.report.txt").write_text(words, encoding="utf-8")
    return file.rename(target)
