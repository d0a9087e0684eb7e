"""Files that an owner has: recognised, planned, applied, taken back. Plan and apply are one way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from appreciation.app import Appreciation
from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.plugins import names, pick
from appreciation.sources import BUILT_IN
from appreciation.sources.base import Choices, Reading, Source
from appreciation.sources.encodings import digest_of
from appreciation.sources.plain import headers_of, kind_of
from appreciation.stages import finding
from appreciation.stages.importing.report import Report
from appreciation.stages.importing.taking import File, take_in
from appreciation.store import arriving, imports, planning

_HISTORY = "history: it was over when the file came in"
Watch = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the owner says of a file: its kind, its columns, and what of it is history.

    Events before ``since`` are marked as seen; with ``catch_up`` all that is past.
    """

    kind: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    decimal: str | None = None
    catch_up: bool = False
    since: date | None = None


def nobody_watches(_: int) -> None:
    """Show no progress."""


def plan(app: Appreciation, path: Path, wishes: Wishes, watch: Watch = nobody_watches) -> Report:
    """Return what taking in the file would do, to the row; nothing is kept.

    Raises:
        AppreciationError: it cannot be read, or is nothing that we know.
        Undecided: it can be read in two ways.
    """
    with app.store.trying() as session:
        return _taken_in(app, session, path, wishes, watch)


def apply(app: Appreciation, path: Path, wishes: Wishes, watch: Watch = nobody_watches) -> Report:
    """Take in the file, all of it or nothing, and remember what its owner said of its columns.

    Raises:
        AppreciationError: it cannot be read, or is nothing that we know.
        Undecided: it can be read in two ways.
    """
    with app.store.writing() as session:
        report = _taken_in(app, session, path, wishes, watch)
        if wishes.mapping:
            imports.keep_mapping(session, headers_of(path, wishes.mapping), wishes.mapping)
    report.applied = True
    return report


def _taken_in(
    app: Appreciation, session: Session, path: Path, wishes: Wishes, watch: Watch
) -> Report:
    now = app.clock()
    today = app.today(now)
    planning.plan_alone(session)
    file, reading = _opened(app, session, path, wishes, today)
    seen_before = today + timedelta(days=1) if wishes.catch_up else wishes.since
    expected = _notes(app, session, now)
    report = take_in(session, file, reading, now, today, seen_before=seen_before, watch=watch)
    session.flush()
    if wishes.catch_up and report.import_id is not None:
        last = arriving.last_note_id(session)
        finding.find(session, app.finders, app.rules, now)
        arriving.skip_history(session, report.import_id, last, today, _HISTORY)
        found_since = arriving.open_notes_after(session, last)
        report.notes = max(found_since - expected, 0)
    else:
        report.notes = max(_notes(app, session, now) - expected, 0)
    return report


def _notes(app: Appreciation, session: Session, now: datetime) -> int:
    """Return how many notes a look for occasions would find at ``now``; they are not kept."""
    attempt = session.begin_nested()
    counts = finding.find(session, app.finders, app.rules, now)
    attempt.rollback()
    return counts["found"] - counts["skipped"]


def _opened(
    app: Appreciation, session: Session, path: Path, wishes: Wishes, today: date
) -> tuple[File, Reading]:
    if path.is_dir():
        raise AppreciationError(f"{path} is a folder", mend="name one of the files in it")
    if not path.is_file():
        raise AppreciationError(f"there is no file {path}", mend="name a CSV or vCard file")
    if not path.stat().st_size:
        raise AppreciationError(f"{path} is empty", mend="export it once more, and look into it")
    business = app.config.business
    mapping = wishes.mapping or imports.mapping_of(session, headers_of(path, {}))
    choices = Choices(
        today=today,
        timezone=business.timezone,
        currency=business.currency,
        country=business.country,
        date_order=wishes.dates,
        decimal=wishes.decimal,
        mapping=mapping,
    )
    name, kind = _recognised(path, replace(wishes, mapping=mapping))
    reading = _source(name).read(path, kind, choices)
    return File(name, path.name, digest_of(path)), reading


def _recognised(path: Path, wishes: Wishes) -> tuple[str, str]:
    """Return which source reads the file, and as what kind."""
    if wishes.kind is not None:
        return _named(wishes.kind, path)
    if wishes.mapping:
        return "plain", kind_of(wishes.mapping)
    for name in _asked_in_order():
        if kind := _source(name).recognise(path):
            return name, kind
    if not headers_of(path, {}):
        raise AppreciationError(
            f"{path} is no file that we know", mend="save it as CSV, or as vCard"
        )
    # A table all the same: reading it tells what its columns may mean.
    return "plain", "customers"


def _named(kind: str, path: Path) -> tuple[str, str]:
    known: dict[str, tuple[str, str]] = {}
    for name in _asked_in_order():
        source = _source(name)
        known |= {each: (name, each) for each in source.kinds}
        if kind == name:
            return name, source.recognise(path) or next(iter(source.kinds))
    if kind not in known:
        raise NotUnderstood(
            f"there is no kind of file {kind!r}", mend=f"write one of: {', '.join(sorted(known))}"
        )
    return known[kind]


def _asked_in_order() -> list[str]:
    """Return the sources, ours first, then those of others; plain words tell the least."""
    return [name for name in names("sources", BUILT_IN) if name != "plain"] + ["plain"]


def _source(name: str) -> Source:
    found = pick("sources", name, BUILT_IN)
    # A plugin names a class, like those of the other kinds.
    return found() if isinstance(found, type) else found
