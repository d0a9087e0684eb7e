"""Drafting: a note for each occurrence, in words that this customer has not read yet.

May be killed and repeated: a note is drafted in one transaction with its
state. One that lacks a word is blocked and says which; the others go on.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from appreciation.config.values import NOBODY
from appreciation.errors import NoteBlocked
from appreciation.occasions.base import Facts
from appreciation.stages.drafting.desk import Desk
from appreciation.stages.drafting.tact import Foresee, Tactful, nothing_more
from appreciation.stages.drafting.ways import address
from appreciation.stages.drafting.writing import (
    Told,
    names_allowed,
    opening,
    reader_of,
    tongue,
    write,
)
from appreciation.store import near, valuing
from appreciation.store import notes as asked
from appreciation.store.tables import Note, NoteState
from appreciation.words.names import doubts

__all__ = ["AT_ONCE", "Desk", "draft", "names_allowed", "opening", "reader_of"]

log = logging.getLogger(__name__)

# So many are drafted in one transaction: a kill loses no more.
AT_ONCE = 200


def draft(
    session: Session,
    desk: Desk,
    since: datetime,
    now: datetime,
    today: date,
    foresee: Foresee = nothing_more,
) -> Counter[str]:
    """Write up to ``AT_ONCE`` notes that wait for words; count drafted, approved, blocked, skipped.

    A blocked one is tried again where its customer or a template has changed,
    or where it was last tried before ``since``. ``foresee`` tells what is yet
    to come in a month that may have enough notes.
    """
    counts: Counter[str] = Counter()
    notes = asked.to_draft(session, since, now, today, either_way=desk.either_way, limit=AT_ONCE)
    if not notes:
        return counts
    known = [note for note in notes if note.occasion in desk.occasions]
    for note in known:
        wished = note.customer.language or desk.language
        spoken = desk.wordings.spoken(note.occasion, wished)
        # The region stays: en-GB writes its days another way than en-US.
        note.language = wished if tongue(wished) == spoken else spoken
    tactful = Tactful.looking_at(session, desk, known, now, today, foresee)
    left_out = {note.id: tactful.leaves_out(note) for note in known if _is_open(note)}
    everything = [*notes, *(note for note in tactful.anew if note not in notes)]
    written = [note for note in everything if _is_open(note) and not left_out.get(note.id)]
    round_ = _Round.of(session, desk, written, today)
    for note in everything:
        note.drafted_at = now
        if note.occasion not in desk.occasions:
            became = _block(note, f"no occasion is called {note.occasion!r} any more")
        elif reason := left_out.get(note.id) or (None if _is_open(note) else note.reason):
            became = _skip(note, reason)
        else:
            became = _write_one(desk, note, round_, now)
        counts[became] += 1
        counts["drafted"] += became == "approved"
    return counts


def _is_open(note: Note) -> bool:
    """Return whether ``note`` is not told in another one of its round."""
    return note.state is not NoteState.SKIPPED


@dataclass(frozen=True, slots=True)
class _Round:
    """What is known of all notes that are written together, asked for at once."""

    facts: Mapping[int, Facts]
    # What each note tells along.
    told: Mapping[int, Sequence[Note]]
    used: dict[tuple[str, str], list[str]]
    # The tier of each customer, and by occasion who is dear enough for a card.
    tiers: Mapping[int, str]
    dear: Mapping[str, Collection[int]]
    # The addresses of each customer, by channel, that may be written to.
    ways: Mapping[int, Mapping[str, str]]

    @classmethod
    def of(cls, session: Session, desk: Desk, notes: Sequence[Note], today: date) -> "_Round":
        customers = {note.customer_id for note in notes}
        told = near.told_along(session, [note.id for note in notes])
        return cls(
            facts=_facts(session, desk, [*notes, *(each for few in told.values() for each in few)]),
            told=told,
            used=asked.wordings_used(session, {note.customer for note in notes}),
            tiers=valuing.tiers(session, customers),
            dear={
                name: valuing.members(session, settings.card_to, customers)
                for name, settings in desk.settings.items()
                if settings.card_to != NOBODY
            },
            ways=asked.ways_open(session, customers, today),
        )


def _facts(session: Session, desk: Desk, notes: Sequence[Note]) -> dict[int, Facts]:
    facts: dict[int, Facts] = {}
    for name in {note.occasion for note in notes} & {*desk.occasions}:
        of_kind = [note for note in notes if note.occasion == name]
        facts |= desk.occasions[name].facts(session, of_kind)
    return facts


def _write_one(desk: Desk, note: Note, round_: _Round, now: datetime) -> str:
    """Write ``note`` and return what became of it, as a word to count."""
    facts = round_.facts.get(note.id)
    if facts is None:
        return _skip(note, "what it was about is gone")
    settings, customer = desk.settings[note.occasion], note.customer
    told = round_.told.get(note.id, ())
    at_home = [each.customer for each in told if each.customer_id != note.customer_id]
    also = [
        Told(each.occasion, each.variant, round_.facts[each.id])
        for each in told
        if each.customer_id == note.customer_id
        # Two customers made one may have the same day twice.
        and each.occasion != note.occasion
        and each.id in round_.facts
    ]
    note.why = ", and ".join([facts.why, *(each.facts.why for each in also)])
    note.belated = note.on_time_until <= now
    note.approved_at = None
    reader = reader_of(customer, at_home, note.language or desk.language)
    note.addressee = reader.name if reader.name != customer.name else None
    try:
        dear = note.customer_id in round_.dear.get(note.occasion, ())
        address(desk, note, settings.wishes_of(dear=dear), round_.ways[note.customer_id])
        if note.edited:
            changed = "it is late now" if note.belated else "its customer has changed"
            return _wait(note, f"{changed}: look once more")
        tier = round_.tiers.get(note.customer_id, "new")
        used = round_.used.setdefault((asked.home_of(customer), note.occasion), [])
        write(desk, note, reader, facts, also, tier, used)
    except NoteBlocked as error:
        return _block(note, str(error))
    reasons = [note.occasion, *(each.occasion for each in also)]
    ask = any(desk.settings[occasion].approve == "ask" for occasion in reasons)
    doubt = doubts(customer.name, customer.kind, customer.call_name)
    if ask or doubt:
        return _wait(note, f"look once more: {customer.name} {doubt[0]}" if doubt else None)
    note.state, note.reason, note.approved_at = NoteState.APPROVED, None, now
    return "approved"


def _wait(note: Note, reason: str | None) -> str:
    note.state, note.reason = NoteState.WAITING, reason
    return "drafted"


def _block(note: Note, reason: str) -> str:
    if note.reason != reason:
        log.warning("note %d is blocked: %s", note.id, reason)
    note.state, note.reason = NoteState.BLOCKED, reason
    return "blocked"


def _skip(note: Note, reason: str) -> str:
    note.state, note.reason = NoteState.SKIPPED, reason
    return "skipped"
