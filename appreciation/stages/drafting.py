"""Drafting: a note for each occurrence, in words that this customer has not read yet.

May be killed and repeated: a note is drafted in one transaction with its
state. One that lacks a word is blocked and says which; the others go on.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from appreciation.config.sections import OccasionSettings
from appreciation.config.values import NOBODY
from appreciation.delivery.mail import new_message_id
from appreciation.errors import NoteBlocked
from appreciation.occasions.base import Facts, Occasion
from appreciation.printing.addresses import lack_of
from appreciation.printing.pieces import fault_of
from appreciation.store import notes as asked
from appreciation.store import valuing
from appreciation.store.tables import Customer, Note, NoteState
from appreciation.words.checks import faults
from appreciation.words.greetings import customary_formality, greeting, number_of
from appreciation.words.names import call_name
from appreciation.words.wordings import Wording, Wordings, choose

log = logging.getLogger(__name__)

# So many are drafted in one transaction: a kill loses no more.
AT_ONCE = 200

# What was done or bought: the words of an occasion that would tell it.
_SERVICES = {"items"}
_ADDRESSES = {"email": "email address", "post": "postal address"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the writing desk: who signs, in which words, by whose rules."""

    business: str
    signer: str
    email: str
    language: str
    wordings: Wordings
    occasions: Mapping[str, Occasion]
    settings: Mapping[str, OccasionSettings]
    # The name of the backend that carries each channel.
    carriers: Mapping[str, str]
    address: str = ""
    country: str = ""
    # informal, formal, or customary: as is the custom of the note's language.
    formality: str = "customary"
    # Notes never name what was done or bought.
    health: bool = False

    def formality_for(self, customer: Customer, language: str) -> str:
        """Return how ``customer`` is addressed in ``language``: informal or formal."""
        if customer.formality or self.formality != "customary":
            return customer.formality or self.formality
        return customary_formality(language)

    @property
    def either_way(self) -> list[str]:
        """The occasions whose notes go as an email or as a card, whichever can be."""
        return [name for name, each in self.settings.items() if len(each.channels) > 1]


def draft(
    session: Session, desk: Desk, since: datetime, now: datetime, today: date
) -> Counter[str]:
    """Write up to ``AT_ONCE`` notes that wait for words; count drafted, approved, blocked, skipped.

    A blocked one is tried again where its customer or a template has changed,
    or where it was last tried before ``since``.
    """
    counts: Counter[str] = Counter()
    notes = asked.to_draft(session, since, now, today, either_way=desk.either_way, limit=AT_ONCE)
    known = [note for note in notes if note.occasion in desk.occasions]
    for note in known:
        wished = note.customer.language or desk.language
        spoken = desk.wordings.spoken(note.occasion, wished)
        # The region stays: en-GB writes its days another way than en-US.
        note.language = wished if _tongue(wished) == spoken else spoken
    facts = _facts(session, desk, known)
    used = asked.wordings_used(session, {note.customer for note in known})
    stand = _stand(session, desk, {note.customer_id for note in known})
    for note in notes:
        if note.occasion in desk.occasions:
            became = _draft_one(session, desk, note, facts.get(note.id), used, stand, now)
        else:
            became = _block(note, f"no occasion is called {note.occasion!r} any more")
        counts[became] += 1
        counts["drafted"] += became == "approved"
        note.drafted_at = now
    return counts


@dataclass(frozen=True, slots=True)
class _Standings:
    """Where customers stand: the tier of each, and by occasion who is dear enough for a card."""

    tiers: Mapping[int, str]
    dear: Mapping[str, Collection[int]]


def _stand(session: Session, desk: Desk, customers: Collection[int]) -> _Standings:
    return _Standings(
        valuing.tiers(session, customers),
        {
            name: valuing.members(session, settings.card_to, customers)
            for name, settings in desk.settings.items()
            if settings.card_to != NOBODY
        },
    )


def _facts(session: Session, desk: Desk, notes: Sequence[Note]) -> dict[int, Facts]:
    facts: dict[int, Facts] = {}
    for name in {note.occasion for note in notes}:
        of_kind = [note for note in notes if note.occasion == name]
        facts |= desk.occasions[name].facts(session, of_kind)
    return facts


def _draft_one(
    session: Session,
    desk: Desk,
    note: Note,
    facts: Facts | None,
    used: dict[tuple[str, str], list[str]],
    stand: _Standings,
    now: datetime,
) -> str:
    """Write ``note`` and return what became of it, as a word to count."""
    if facts is None:
        return _skip(note, "what it was about is gone")
    settings = desk.settings[note.occasion]
    note.why = facts.why
    if settings.cooldown and (other := asked.noted_within(session, note, settings.cooldown)):
        return _skip(note, f"within {settings.cooldown} days of note {other}")
    note.belated = note.on_time_until <= now
    note.approved_at = None
    try:
        dear = note.customer_id in stand.dear.get(note.occasion, ())
        _address(desk, note, settings.wishes_of(dear=dear))
        if note.edited:
            changed = "it is late now" if note.belated else "its customer has changed"
            return _wait(note, f"{changed}: look once more")
        tier = stand.tiers.get(note.customer_id, "new")
        home = asked.home_of(note.customer)
        _write(desk, note, facts, tier, used.setdefault((home, note.occasion), []))
    except NoteBlocked as error:
        return _block(note, str(error))
    if settings.approve == "ask":
        return _wait(note, None)
    note.state, note.reason, note.approved_at = NoteState.APPROVED, None, now
    return "approved"


def _write(desk: Desk, note: Note, facts: Facts, tier: str, used: list[str]) -> None:
    language = note.language or desk.language
    words = {**_words(desk, note, language), "tier": tier, **_sayable(desk, facts)}
    eligible = desk.wordings.eligible(
        note.occasion,
        language,
        note.belated,
        note.variant,
        words,
        formality=desk.formality_for(note.customer, language),
        number=number_of(note.customer.kind),
    )
    # Whoever has read a draft should find it again, with only the change in it.
    kept = [wording for wording in eligible if wording.name == note.wording]
    wording = kept[0] if kept else choose(eligible, used, seed=note.customer_id)
    note.subject, note.body = desk.wordings.render(wording, words)
    allowed = [*names_allowed(desk, note.customer), *_told(facts)]
    found = faults(note.subject, note.body, allowed=allowed, language=_tongue(language))
    if found:
        raise NoteBlocked(f"{wording.name}: {found[0]}")
    note.wording = wording.name
    note.look = _look(note.customer, wording) or None
    used.append(wording.name)


def _look(customer: Customer, wording: Wording) -> dict[str, str]:
    """Return what a card of ``wording`` looks like; the customer's own hand goes before its.

    Raises:
        NoteBlocked: it asks for a hand or an ink that there is not.
    """
    if wrong := fault_of(wording.look):
        raise NoteBlocked(f"{wording.name}: {wrong}")
    return {**wording.look, **({"hand": customer.hand} if customer.hand else {})}


def _words(desk: Desk, note: Note, language: str) -> dict[str, Any]:
    """Return the words that every template may use."""
    customer = note.customer
    name, called = customer.name, customer.call_name
    formality = desk.formality_for(customer, language)
    return {
        "greeting": opening(desk, customer, language),
        "call_name": called or call_name(name, customer.kind),
        "name": name,
        "signer": desk.signer,
        "business": desk.business,
        "belated": note.belated,
        "formal": formality == "formal",
        "facts": [] if desk.health else [fact.words for fact in customer.facts],
    }


def opening(desk: Desk, customer: Customer, language: str) -> str:
    """Return how a note to ``customer`` opens in ``language``."""
    return greeting(
        customer.name,
        customer.kind,
        customer.call_name,
        desk.business,
        _tongue(language),
        desk.formality_for(customer, language),
    )


def _sayable(desk: Desk, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Return what a note may say of its occasion; a health service's names no treatment."""
    if not desk.health:
        return facts.words
    return {
        about: {word: None if word in _SERVICES else value for word, value in known.items()}
        for about, known in facts.words.items()
    }


def _tongue(language: str) -> str:
    """Return a language without its region: ``en`` of ``en-GB``."""
    return language.partition("-")[0]


def names_allowed(desk: Desk, customer: Customer) -> list[str]:
    """Return the names that may stand in a note however they look."""
    domain = desk.email.rpartition("@")[2]
    own = [desk.business, desk.signer, desk.email, domain, *desk.address.splitlines()]
    return [customer.name, customer.call_name or "", *own]


def _told(facts: Facts) -> list[str]:
    groups = (group.values() for group in facts.words.values())
    return [value for group in groups for value in group if isinstance(value, str)]


def _address(desk: Desk, note: Note, wishes: Sequence[str]) -> None:
    """Choose the way of ``note`` by the addresses that its customer has now."""
    customer = note.customer
    suppressed = customer.suppression is not None
    addresses = {"email": None if suppressed else customer.email, "post": customer.address}
    ways = list(wishes)
    if note.channel and note.channel not in ways and (suppressed or note.body is not None):
        # A person sent it that way, since the other one had failed.
        ways.insert(0, note.channel)
    # Found out here, and not when the envelope is printed.
    lacks = (
        lack_of(customer.address, customer.country or desk.country) if customer.address else None
    )
    for channel in ways:
        if addresses[channel] and not (channel == "post" and lacks):
            _readdress(desk, note, channel, addresses[channel])
            return
    if lacks and "post" in ways:
        raise NoteBlocked(f"the postal address of {customer.name} lacks {lacks}")
    works = " that works" if suppressed else ""
    lacking = " and no ".join(
        _ADDRESSES[channel] + (works if channel == "email" else "") for channel in wishes
    )
    raise NoteBlocked(f"{customer.name} has no {lacking}")


def _readdress(desk: Desk, note: Note, channel: str, recipient: str | None) -> None:
    if note.message_id is None or note.recipient != recipient:
        # What still comes back from the former address must not be held against this one.
        note.message_id = new_message_id(note.id, desk.email)
    note.channel, note.recipient = channel, recipient
    note.backend = desk.carriers[channel]


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
