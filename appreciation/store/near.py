"""What else is written to a customer, or to their home, at about the same time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, and_, bindparam, func, not_, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from appreciation.store.columns import Moment, Rows
from appreciation.store.gate import held_back, keeps_back, no_longer_so
from appreciation.store.notes import home_of
from appreciation.store.tables import OPEN, Customer, Note, NoteState

# Made once: the gate's answers about them are kept.
_TOLD, _TELLER = aliased(Note), aliased(Note)
_NAMED, _WRITTEN_TO = aliased(Customer), aliased(Customer)
_TODAY = bindparam("today", type_=Date)
_PARTED_HOMES = (
    select(_TOLD.id, _TELLER.id)
    .join(_TELLER, _TELLER.id == _TOLD.merged_into_id)
    .join(_NAMED, _NAMED.id == _TOLD.customer_id)
    .join(_WRITTEN_TO, _WRITTEN_TO.id == _TELLER.customer_id)
    .where(
        _TOLD.merged_into_id.is_not(None),
        _TOLD.expires_at > bindparam("now", type_=Moment),
        _TOLD.customer_id != _TELLER.customer_id,
        # Not a question for an index: of those told along there are few, of open notes many.
        func.coalesce(_TELLER.state, "").in_([str(state) for state in OPEN]),
        or_(
            keeps_back(_TOLD.channel, _TODAY, _NAMED).is_not(None),
            keeps_back(_TELLER.channel, _TODAY, _WRITTEN_TO).is_not(None),
            _NAMED.home.is_distinct_from(_WRITTEN_TO.home),
        ),
    )
)


class SameOne(NamedTuple):
    """What notes to several people of one home have in common: the same occasion on one day."""

    home: str
    occasion: str
    on: date


@dataclass(slots=True)
class Near:
    """A note that matters for another one: which, about what, when, and how far it is."""

    id: int
    customer_id: int
    kind: str
    occasion: str
    same_one: SameOne
    state: NoteState
    channel: str | None
    on: date
    due_at: datetime
    expires_at: datetime
    edited: bool
    # Whether something holds it back just now.
    held: bool


def near(
    session: Session, customers: Collection[int], since: datetime, today: date
) -> Mapping[int, Mapping[int, Near]]:
    """Return the notes of ``customers`` due since then, by customer and id; none skipped."""
    query = _query(today).where(Note.customer_id.in_(customers), Note.due_at >= since)
    found: dict[int, dict[int, Near]] = {each: {} for each in customers}
    for row in session.execute(query):
        found[row.Customer.id][row.id] = _near(row)
    return found


def in_homes(
    session: Session,
    notes: Sequence[Note],
    known: Mapping[int, Mapping[int, Near]],
    today: date,
) -> Mapping[SameOne, list[Near]]:
    """Return what is the same for the homes of ``notes``, themselves among it as ``known``."""
    if not notes:
        return {}
    customers = [note.customer for note in notes]
    at_home = or_(
        Customer.id.in_([each.id for each in customers]),
        Customer.home.in_({each.home for each in customers if each.home}),
        Customer.email.in_({each.email for each in customers if each.email and not each.home}),
    )
    query = _query(today).where(
        at_home,
        Note.occasion.in_({note.occasion for note in notes}),
        Note.on.in_({note.on for note in notes}),
    )
    found: dict[SameOne, list[Near]] = {}
    for row in session.execute(query):
        one = known.get(row.Customer.id, {}).get(row.id) or _near(row)
        found.setdefault(one.same_one, []).append(one)
    return found


def _query(today: date) -> Rows:
    columns = ("id", "occasion", "state", "channel", "on", "due_at", "expires_at")
    return (
        select(
            *(getattr(Note, name) for name in columns),
            Note.edited,
            Customer,
            held_back(today).is_not(None).label("held"),
        )
        .join(Customer, Customer.id == Note.customer_id)
        .where(Note.state.not_in((NoteState.SKIPPED, NoteState.FAILED)))
        .order_by(Note.due_at, Note.id)
    )


def _near(row: Any) -> Near:
    customer = row.Customer
    return Near(
        id=row.id,
        customer_id=customer.id,
        kind=customer.kind,
        occasion=row.occasion,
        same_one=SameOne(home_of(customer), row.occasion, row.on),
        state=row.state,
        channel=row.channel,
        on=row.on,
        due_at=row.due_at,
        expires_at=row.expires_at,
        edited=row.edited,
        held=row.held,
    )


def told_along(session: Session, notes: Collection[int]) -> Mapping[int, list[Note]]:
    """Return what each of ``notes``, by id, tells along, the first found first."""
    query = (
        select(Note)
        .where(Note.merged_into_id.in_(notes))
        .options(joinedload(Note.customer))
        .order_by(Note.id)
    )
    told: dict[int, list[Note]] = {}
    for note in session.scalars(query):
        assert note.merged_into_id is not None
        told.setdefault(note.merged_into_id, []).append(note)
    return told


def part(session: Session, now: datetime, today: date) -> None:
    """Take apart what cannot be told together any more.

    Where a note that told of another one is gone, was given up by nobody's
    decision, or has lost its reason, the other one is found again. Where the
    other one has lost its own reason, the note is written anew without it, and
    so it is where one of those whom it names at home must not be written to
    any more, or lives elsewhere: each of them is found again.
    """
    _part_homes(session, now, today)
    lives = and_(_TOLD.merged_into_id.is_not(None), _TOLD.expires_at > now)
    tells = (
        select(_TELLER.id)
        .where(
            _TELLER.id == _TOLD.merged_into_id,
            or_(
                _TELLER.state != NoteState.SKIPPED,
                _TELLER.reason.startswith("skipped: "),
            ),
            or_(_TELLER.state.not_in(OPEN), no_longer_so(_TELLER).is_(None)),
        )
        .correlate(_TOLD)
        .exists()
    )
    again = session.scalars(select(_TOLD.id).where(lives, not_(tells))).all()
    gone = session.execute(
        select(_TOLD.id, _TELLER.id, no_longer_so(_TOLD))
        .join(_TELLER, _TELLER.id == _TOLD.merged_into_id)
        .where(lives, no_longer_so(_TOLD).is_not(None))
    ).all()
    if again:
        _set(session, again, state=NoteState.FOUND, reason=None, merged_into_id=None)
    for note_id, teller_id, why in gone:
        _set(session, [note_id], state=NoteState.SKIPPED, reason=why, merged_into_id=None)
        write_anew(session, [teller_id])


def _part_homes(session: Session, now: datetime, today: date) -> None:
    parted = session.execute(_PARTED_HOMES, {"now": now, "today": today}).all()
    if parted:
        told, tellers = [told for told, _ in parted], sorted({teller for _, teller in parted})
        _set(session, told, state=NoteState.FOUND, reason=None, merged_into_id=None)
        write_anew(session, tellers)


def write_anew(session: Session, notes: Sequence[int]) -> None:
    """Let those of ``notes`` that have not left get new words; what a person wrote is kept."""
    _set(session, notes, only=OPEN, state=NoteState.FOUND, approved_at=None)


def _set(
    session: Session, ids: Sequence[int], only: Sequence[NoteState] = (), **values: object
) -> None:
    session.execute(
        update(Note)
        .where(Note.id.in_(ids), *([Note.state.in_(only)] if only else []))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
