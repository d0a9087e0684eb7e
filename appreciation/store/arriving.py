"""Rows that come in by the thousand, and what is known of orders and days already."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, and_, func, insert, select, text, update
from sqlalchemy.orm import Session

from appreciation.store.bulk import among, insert_rows
from appreciation.store.carried import CARRIED
from appreciation.store.dialects import is_postgresql
from appreciation.store.matching import chunks
from appreciation.store.tables import (
    OPEN,
    Base,
    Customer,
    Import,
    Meeting,
    Note,
    NoteState,
    Order,
    Referral,
    SpecialDate,
)

Rows = Sequence[Mapping[str, Any]]
# An order without a number: who, on which day, cents and currency. A guest is None.
Numberless = tuple[int | None, date, int, str]


class KnownOrder(NamedTuple):
    """An order that stands there already; ``source`` is None where somebody typed it.

    A guest's has no customer.
    """

    id: int
    customer_id: int | None
    cents: int
    currency: str
    on: date
    import_id: int | None
    source: str | None


def reserved(session: Session, table: type[Base], count: int) -> Sequence[int]:
    """Return ``count`` ids for new rows of ``table``, which nobody else gets.

    On SQLite nobody else writes meanwhile.
    """
    name = table.__tablename__
    if is_postgresql(session):
        sequence = "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)"
        return session.scalars(text(sequence), {"name": name, "n": count}).all()
    last = session.scalar(select(func.coalesce(func.max(table.__table__.c.id), 0)))
    assert last is not None
    return range(last + 1, last + 1 + count)


def add(session: Session, table: type[Base], rows: Rows) -> None:
    """Insert ``rows``, each with every column that any of them has."""
    insert_rows(session, Base.metadata.tables[table.__tablename__], rows)


def added(session: Session, table: type[Base], row: Mapping[str, Any]) -> int:
    """Insert one row; return its id."""
    made = session.execute(insert(table).values(row).returning(table.__table__.c.id))
    return int(made.scalar_one())


def orders_numbered(session: Session, numbers: Collection[str]) -> dict[str, KnownOrder]:
    """Return the orders that the shop calls by ``numbers``."""
    found = {}
    for some in chunks(numbers):
        query = (
            select(
                Order.number,
                Order.id,
                Order.customer_id,
                Order.total_cents,
                Order.currency,
                Order.ordered_on,
                Order.import_id,
                Import.source,
            )
            .join(Import, Import.id == Order.import_id, isouter=True)
            .where(among(session, Order.number, some))
        )
        for row in session.execute(query):
            found[str(row.number)] = KnownOrder(*row[1:])
    return found


def orders_without_number(
    session: Session, customers: Collection[int], guests_on: Collection[date], import_id: int
) -> Counter[Numberless]:
    """Count the numberless orders of ``customers``, and those of guests on the days ``guests_on``.

    Those of the import ``import_id`` itself are left out.
    """
    found: Counter[Numberless] = Counter()
    columns = (Order.customer_id, Order.ordered_on, Order.total_cents, Order.currency)
    theirs = [among(session, Order.customer_id, some) for some in chunks(customers)]
    guests = [
        and_(Order.customer_id.is_(None), among(session, Order.ordered_on, some))
        for some in chunks(guests_on)
    ]
    for whose in (*theirs, *guests):
        query = (
            select(*columns, func.count())
            .where(Order.number.is_(None), whose, Order.import_id.is_distinct_from(import_id))
            .group_by(*columns)
        )
        for who, on, cents, currency, count in session.execute(query):
            found[who, on, cents, currency] += count
    return found


def days_met(session: Session, customers: Collection[int]) -> set[tuple[int, date]]:
    """Return on which days we met each of ``customers``."""
    found: set[tuple[int, date]] = set()
    for some in chunks(customers):
        query = select(Meeting.customer_id, Meeting.met_on).where(
            among(session, Meeting.customer_id, some)
        )
        found.update((who, on) for who, on in session.execute(query))
    return found


def dates_kept(
    session: Session, customers: Collection[int]
) -> dict[tuple[int, str, str], SpecialDate]:
    """Return the yearly days of ``customers`` by who, kind and whose."""
    found = {}
    for some in chunks(customers):
        for day in session.scalars(
            select(SpecialDate).where(among(session, SpecialDate.customer_id, some))
        ):
            found[day.customer_id, day.kind, day.whose] = day
    return found


def senders(session: Session, referred: Collection[int]) -> dict[int, int]:
    """Return who sent each of the customers ``referred``."""
    found: dict[int, int] = {}
    for some in chunks(referred):
        query = select(Referral.referred_id, Referral.referrer_id)
        rows = session.execute(query.where(among(session, Referral.referred_id, some)))
        found |= {int(whom): who for whom, who in rows if whom is not None}
    return found


def awaited(session: Session) -> dict[str, int]:
    """Return the referrals of somebody whom nobody knew yet, by the folded name."""
    query = select(Referral.referred_name, Referral.id).where(Referral.referred_id.is_(None))
    return {name.casefold(): found for name, found in session.execute(query.order_by(Referral.id))}


def referrer_of(session: Session, referral_id: int) -> int:
    """Return who sent the person of this referral."""
    return session.scalars(select(Referral.referrer_id).where(Referral.id == referral_id)).one()


def waiting(session: Session) -> set[tuple[int, str, date]]:
    """Return the referrals of somebody whom nobody knew yet: by whom, which name, and when."""
    query = select(Referral.referrer_id, Referral.referred_name, Referral.referred_on)
    rows = session.execute(query.where(Referral.referred_id.is_(None)))
    return {(who, name, on) for who, name, on in rows}


def carried_rows(session: Session, name: str, customers: Collection[int]) -> set[tuple[Any, ...]]:
    """Return what tells apart the rows of ``name`` that stand there, of ``customers`` or of all."""
    what = CARRIED[name]
    rows = what.table.__table__.c
    query = select(*(rows[column] for column in what.apart))
    if what.unique:
        return {(name, *row) for row in session.execute(query)}
    query = query.add_columns(rows.customer_id)
    return {
        (name, *row)
        for some in chunks(customers)
        for row in session.execute(query.where(among(session, rows.customer_id, some)))
    }


def carried_key(name: str, customer_id: int | None, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells a row of ``name`` apart, as :func:`carried_rows` does."""
    what = CARRIED[name]
    apart = tuple(values[column] for column in what.apart)
    return (name, *apart) if what.unique else (name, *apart, customer_id)


def arrive(session: Session, referral_id: int, customer_id: int, today: date) -> None:
    """Let the referral that waited for this customer know them."""
    session.execute(
        update(Referral)
        .where(Referral.id == referral_id)
        .values(referred_id=customer_id, known_on=today)
    )


def skip_notes_about(
    session: Session, occasion: str, about: Collection[int], reason: str, now: datetime
) -> None:
    """Let nobody be thanked for these orders: the open notes are skipped, no others are found."""
    for some in chunks(about):
        session.execute(
            update(Order)
            .where(among(session, Order.id, some), Order.considered_at.is_(None))
            .values(considered_at=now)
        )
        session.execute(
            update(Note)
            .where(
                Note.occasion == occasion, among(session, Note.about_id, some), Note.state.in_(OPEN)
            )
            .values(state=NoteState.SKIPPED, reason=reason)
        )


def last_note_id(session: Session) -> int:
    """Return the id of the note that was found last."""
    return session.scalar(select(func.coalesce(func.max(Note.id), 0))) or 0


def skip_history(session: Session, import_id: int, after_id: int, before: date, reason: str) -> int:
    """Skip the notes about yearly days that this import brought and that were before ``before``.

    Only those found after the note ``after_id``; return how many.
    """
    brought = select(SpecialDate.customer_id).where(SpecialDate.import_id == import_id)
    done = session.execute(
        update(Note)
        .where(
            Note.id > after_id,
            Note.on < before,
            Note.state.in_(OPEN),
            Note.customer_id.in_(brought),
        )
        .values(state=NoteState.SKIPPED, reason=reason)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return done.rowcount


def moments_of(session: Session, source: str) -> set[datetime]:
    """Return when files of ``source`` were taken in: rows of that moment were not edited since."""
    query = select(Import.imported_at).where(Import.source == source, Import.undone_at.is_(None))
    return set(session.scalars(query))


def moment_of_its_own(session: Session, now: datetime) -> datetime:
    """Return ``now``, or a little later: a moment that no other import and no edit bears."""
    taken: list[datetime | None] = [
        session.scalar(select(func.max(Import.imported_at))),
        session.scalar(select(func.max(Customer.updated_at))),
    ]
    later = [each + timedelta(microseconds=1) for each in taken if each is not None]
    return max([now, *later])


def imports_of(session: Session, digest: str) -> Import | None:
    """Return the import of a file with this ``digest`` that still holds."""
    query = select(Import).where(Import.digest == digest, Import.undone_at.is_(None))
    return session.scalar(query.order_by(Import.id.desc()).limit(1))


def open_notes_after(session: Session, note_id: int) -> int:
    """Return how many notes were found after the note ``note_id`` and are to go."""
    query = select(func.count()).where(Note.id > note_id, Note.state.in_(OPEN))
    return session.scalar(query) or 0
