"""Taking in a file: batch by batch, in the caller's one transaction, so all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from appreciation.sources.base import NotTaken, Person, Reading, Row, Unreadable
from appreciation.stages.importing.events import Events
from appreciation.stages.importing.people import Outcome, People
from appreciation.stages.importing.report import End, Report
from appreciation.stages.importing.samples import in_words
from appreciation.stages.importing.who import Matcher
from appreciation.stages.importing.writing import Writer
from appreciation.store import arriving, buyers, matching
from appreciation.store.tables import Import, ImportedRow

_AT_ONCE = 2_000
# The sample is taken from so many rows at the head of the file.
_LOOKED_AT = 500
# A referral makes two customers of one row.
_CUSTOMERS_A_ROW = 2


@dataclass(frozen=True, slots=True)
class File:
    """The file that is taken in: what it is called, and its digest."""

    source: str
    name: str
    digest: str


def take_in(
    session: Session,
    file: File,
    reading: Reading,
    now: datetime,
    today: date,
    *,
    seen_before: date | None = None,
    watch: Callable[[int], None] = lambda _: None,
) -> Report:
    """Take in every row of ``reading``; return how each ended.

    Whoever only wants to know undoes the transaction afterwards. Events of
    before ``seen_before`` are marked as seen. ``watch`` is told the
    line that it has come to.
    """
    at = arriving.moment_of_its_own(session, now)
    before = arriving.imports_of(session, file.digest)
    made = Import(
        source=file.source, kind=reading.kind, file=file.name, digest=file.digest, imported_at=at
    )
    session.add(made)
    session.flush()
    report = Report(reading.kind, file.source, made.id, remarks=list(reading.remarks))
    report.known_since = f"{before.imported_at:%Y-%m-%d}" if before else None
    with matching.laid_out(session):
        matcher = Matcher(session, file.source)
        seen_at = now - timedelta(microseconds=1)
        writer = Writer(session, matcher, made.id, at, seen_at, today, seen_before)
        people = People(matcher, writer, arriving.moments_of(session, file.source))
        taking = _Taking(matcher, writer, people, Events(matcher, writer))
        for rows in _batches(reading.rows):
            taking.take(rows, report)
            watch(rows[-1].line)
    buyers.recount(session, buyers.buyers_of_import(session, made.id), at)
    _keep(session, made, report)
    return report


@dataclass
class _Taking:
    matcher: Matcher
    writer: Writer
    people: People
    events: Events

    def take(self, rows: list[Row], report: Report) -> None:
        records = [row for row in rows if not isinstance(row, Unreadable | NotTaken)]
        self.writer.begin(_CUSTOMERS_A_ROW * len(records))
        self.matcher.load(records)
        self.people.load([each for each in records if isinstance(each, Person)])
        self.events.load(records)
        for row in rows:
            end, reason = self._one(row)
            report.end(row.line, end, reason)
            if end is End.NEW and report.rows <= _LOOKED_AT:
                report.show(in_words(row))
        self.writer.flush()

    def _one(self, row: Row) -> Outcome:
        match row:
            case Unreadable():
                return End.UNREADABLE, row.reason
            case NotTaken():
                return End.SAME, row.reason
            case Person():
                return self.people.take(row)
            case _:
                return self.events.take(row)


def _keep(session: Session, made: Import, report: Report) -> None:
    """Keep how the rows ended, for `imports show`."""
    for end in End:
        setattr(made, end.value, report.counts[end])
    made.rows = report.rows
    for some in matching.chunks(report.told):
        arriving.add(
            session,
            ImportedRow,
            [
                {
                    "import_id": made.id,
                    "line": told.line,
                    "outcome": told.end.value,
                    "reason": told.reason,
                }
                for told in some
            ],
        )
    session.flush()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
