"""Two customers who are one: everything moves to the one who stays, and can be parted again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, delete, insert, select, update
from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError, Busy, NeedsALook
from appreciation.store import buyers, people
from appreciation.store.columns import Moment
from appreciation.store.matching import phone_key
from appreciation.store.tables import (
    GONE,
    OPEN,
    Base,
    Buyer,
    Customer,
    Fact,
    Hold,
    LifeEvent,
    Meeting,
    Merge,
    Note,
    NoteState,
    Order,
    Origin,
    Referral,
    SpecialDate,
    Standing,
)

_MOVED: Sequence[type[Base]] = (Order, Meeting, Hold, Origin, Fact, LifeEvent)
_BLANKS = (
    *("call_name", "envelope_name", "formality", "hand", "email", "phone", "address", "country"),
    *("language", "timezone", "about", "opted_out_at", "deceased_at"),
)
_ABOUT = {"birthday": "special_dates", "order": "orders", "meeting": "meetings",
          "referral": "referrals", "milestone": "orders", "date": "special_dates"}  # fmt: skip
_WHOSE = {"customer_id", "referrer_id", "referred_id"}
_LEAVING = (NoteState.CLAIMED, NoteState.SENDING)
_MERGED = "merged: one note for both is enough"


def merge(session: Session, kept: Customer, gone: Customer, now: datetime) -> Merge:
    """Make ``gone`` a part of ``kept``: every order, note and day moves, blanks are filled.

    Where both have a note for one occurrence, the one that may still leave is
    skipped; its record stays under a name of its own.

    Raises:
        AppreciationError: they are one customer already.
        Busy: a note to one of them is just leaving.
        NeedsALook: they have different birthdays.
    """
    _check(session, kept, gone)
    moved: dict[str, Any] = {"customer": _row(gone), "filled": {}, "renamed": {}, "skipped": {}}
    for table in _MOVED:
        moved[table.__tablename__] = _move(session, table, "customer_id", gone.id, kept.id)
    moved["special_dates"], moved["dropped_dates"] = _move_dates(session, kept, gone)
    moved |= _move_referrals(session, kept, gone)
    moved["notes"] = _move_notes(session, kept, gone, moved)
    moved["aliases"] = _know_as(session, kept, gone)
    _fill(kept, gone, moved["filled"])
    made = Merge(kept_id=kept.id, gone_id=gone.id, moved=moved, merged_at=now)
    session.add(made)
    session.execute(update(Merge).where(Merge.kept_id == gone.id).values(kept_id=kept.id))
    session.flush()
    session.expire_all()
    # Where the one of them stands is found anew.
    for table in (Standing, Buyer):
        session.execute(delete(table).where(table.customer_id == moved["customer"]["id"]))
    session.delete(session.get_one(Customer, moved["customer"]["id"]))
    session.flush()
    buyers.recount(session, [made.kept_id], now)
    people.write_anew(session, session.get_one(Customer, made.kept_id))
    return made


def part(session: Session, made: Merge, now: datetime) -> Customer:
    """Undo a merge: whoever was gone is back with all that was theirs; return them.

    Notes that left since about what was theirs go back with it, so that nobody
    is thanked for it again.

    Raises:
        AppreciationError: it was undone already.
    """
    if made.undone_at is not None:
        raise AppreciationError(
            f"merge {made.id} was undone already", mend="appreciation customer list"
        )
    moved = made.moved
    gone_id, kept_id = _insert_again(session, Customer, moved["customer"]), made.kept_id
    kept = session.get_one(Customer, kept_id)
    for name, value in moved["filled"].items():
        if _plain(getattr(kept, name)) == value:
            setattr(kept, name, None)
    session.execute(delete(Origin).where(Origin.id.in_(moved["aliases"])))
    tables: Sequence[type[Base]] = (*_MOVED, SpecialDate)
    for table in tables:
        _bring_back(session, table, "customer_id", moved[table.__tablename__], kept_id, gone_id)
    _bring_back(session, Referral, "referrer_id", moved["referrer_of"], kept_id, gone_id)
    _bring_back(session, Referral, "referred_id", moved["referred_in"], kept_id, gone_id)
    for table, key in ((SpecialDate, "dropped_dates"), (Referral, "dropped_referrals")):
        for row in moved[key]:
            theirs = {
                name: gone_id if name in _WHOSE and value == made.gone_id else value
                for name, value in row.items()
            }
            _insert_again(session, table, theirs)
    _part_notes(session, moved, kept_id, gone_id)
    made.undone_at = now
    buyers.recount(session, [kept_id, gone_id], now)
    session.expire_all()
    return session.get_one(Customer, gone_id)


def the_merge(session: Session, merge_id: int) -> Merge:
    """Return one merge.

    Raises:
        AppreciationError: there is none of this id.
    """
    found = session.get(Merge, merge_id)
    if found is None:
        raise AppreciationError(f"there is no merge {merge_id}", mend="appreciation customer list")
    return found


def _check(session: Session, kept: Customer, gone: Customer) -> None:
    if kept.id == gone.id:
        raise AppreciationError(
            f"{kept.name} is one customer already", mend="name two different customers"
        )
    leaving = select(Note.id).where(
        Note.customer_id.in_([kept.id, gone.id]), Note.state.in_(_LEAVING)
    )
    if session.scalar(leaving.limit(1)) is not None:
        raise Busy("a note to one of them is just leaving", mend="try again in a minute")
    theirs, others = kept.birthday, gone.birthday
    if theirs and others and theirs.month_day != others.month_day:
        raise NeedsALook(
            f"{kept.name} and {gone.name} have different birthdays",
            mend=f"appreciation customer edit {gone.id} --birthday ''",
        )


def _move(session: Session, table: type[Base], column: str, old: int, new: int) -> list[int]:
    rows = table.__table__
    ids = list(session.scalars(select(rows.c.id).where(rows.c[column] == old)))
    session.execute(update(table).where(rows.c.id.in_(ids)).values({column: new}))
    return ids


def _move_dates(
    session: Session, kept: Customer, gone: Customer
) -> tuple[list[int], list[dict[str, Any]]]:
    """Move the days that ``kept`` has not; return their ids, and whole those that it has."""
    known = {(day.kind, day.whose) for day in kept.dates}
    twice = [day for day in gone.dates if (day.kind, day.whose) in known]
    dropped = [_row(day) for day in twice]
    session.execute(delete(SpecialDate).where(SpecialDate.id.in_([day.id for day in twice])))
    return _move(session, SpecialDate, "customer_id", gone.id, kept.id), dropped


def _move_referrals(session: Session, kept: Customer, gone: Customer) -> dict[str, Any]:
    """Move who sent whom; nobody is sent twice, or by themselves."""
    sender = people.referrer_of(session, kept.id)
    odd = list(
        session.scalars(
            select(Referral).where(
                ((Referral.referred_id == gone.id) & (sender is not None))
                | ((Referral.referred_id == gone.id) & (Referral.referrer_id == kept.id))
                | ((Referral.referred_id == kept.id) & (Referral.referrer_id == gone.id))
            )
        )
    )
    dropped = [_row(each) for each in odd]
    for each in odd:
        session.delete(each)
    session.flush()
    return {
        "dropped_referrals": dropped,
        "referrer_of": _move(session, Referral, "referrer_id", gone.id, kept.id),
        "referred_in": _move(session, Referral, "referred_id", gone.id, kept.id),
    }


def _move_notes(
    session: Session, kept: Customer, gone: Customer, moved: dict[str, Any]
) -> list[int]:
    """Move every note; of two for one occurrence, none is left that could leave after the other."""
    query = select(Note).where(Note.customer_id == kept.id)
    known = {(note.occasion, note.occurrence): note for note in session.scalars(query)}
    ids = []
    for note in session.scalars(select(Note).where(Note.customer_id == gone.id)).all():
        other = known.get((note.occasion, note.occurrence))
        if other is not None:
            late = other if note.state in GONE and other.state in OPEN else note
            if late.state in OPEN:
                moved["skipped"][str(late.id)] = late.state.value
                late.state, late.reason = NoteState.SKIPPED, _MERGED
            moved["renamed"][str(note.id)] = note.occurrence
            note.occurrence = f"{note.occurrence} of customer {gone.id}"
        note.customer_id = kept.id
        ids.append(note.id)
    session.flush()
    return ids


def _know_as(session: Session, kept: Customer, gone: Customer) -> list[int]:
    """Keep the email and phone of ``gone``, by which a file will tell of them again."""
    told = [("email", gone.email.lower() if gone.email else None)]
    told.append(("phone", phone_key(gone.phone) if gone.phone else None))
    made = []
    for source, key in told:
        known = select(Origin.id).where(Origin.source == source, Origin.key == key)
        if key and session.scalar(known) is None:
            alias = Origin(source=source, key=key, customer_id=kept.id)
            session.add(alias)
            session.flush()
            made.append(alias.id)
    return made


def _fill(kept: Customer, gone: Customer, filled: dict[str, Any]) -> None:
    for name in _BLANKS:
        value = getattr(gone, name)
        if getattr(kept, name) is None and value is not None:
            setattr(kept, name, value)
            filled[name] = _plain(value)
    # One no is a no.
    for consent in ("email_consent", "post_consent"):
        if getattr(gone, consent) is False:
            setattr(kept, consent, False)


def _bring_back(
    session: Session, table: type[Base], column: str, ids: Sequence[int], old: int, new: int
) -> None:
    rows = table.__table__.c
    session.execute(
        update(table).where(rows.id.in_(ids), rows[column] == old).values({column: new})
    )


def _part_notes(session: Session, moved: dict[str, Any], kept_id: int, gone_id: int) -> None:
    """Give the notes back, those since about what was theirs too."""
    for note in session.scalars(select(Note).where(Note.customer_id == kept_id)).all():
        about = moved.get(_ABOUT.get(note.occasion, ""), ())
        if note.id in moved["notes"] or note.about_id in about:
            note.customer_id = gone_id
            note.occurrence = moved["renamed"].get(str(note.id), note.occurrence)
        state = moved["skipped"].get(str(note.id))
        if state and note.state is NoteState.SKIPPED and note.reason == _MERGED:
            note.state, note.reason, note.approved_at = NoteState.FOUND, None, None
    session.flush()


def _row(row: Base) -> dict[str, Any]:
    return {column.name: _plain(getattr(row, column.name)) for column in row.__table__.columns}


def _insert_again(session: Session, table: type[Base], row: dict[str, Any]) -> int:
    """Insert a row that was deleted; return its id: the old one, unless another row has it now."""
    values = _unrow(table, row)
    if session.get(table, values["id"]) is not None:
        # SQLite gives the id of a row that is gone to the next one.
        del values["id"]
    made = session.execute(insert(table).values(values).returning(table.__table__.c.id))
    return int(made.scalar_one())


def _unrow(table: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as the table takes it."""
    found = {}
    # A row of before a column came has the default in it.
    for column in (each for each in table.__table__.columns if each.name in row):
        value = row[column.name]
        if value is not None and isinstance(column.type, Moment):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            value = date.fromisoformat(value)
        found[column.name] = value
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
