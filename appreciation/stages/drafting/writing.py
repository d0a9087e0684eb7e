"""The words of a note: a wording not read before, and a line for whatever is told along."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from babel.lists import format_list

from appreciation.errors import NoteBlocked
from appreciation.occasions import ALSO
from appreciation.occasions.base import Facts
from appreciation.printing.pieces import fault_of
from appreciation.stages.drafting.desk import Desk
from appreciation.store.tables import Customer, Kind, Note
from appreciation.words.checks import faults
from appreciation.words.figures import LANGUAGE
from appreciation.words.greetings import called, greeting, number_of
from appreciation.words.wordings import Wording, choose

# What was done or bought: the words of an occasion that would tell it.
_SERVICES = {"items"}


class Reader(NamedTuple):
    """To whom a note speaks: a customer, or all of a home who get one note together."""

    name: str
    kind: str
    call_name: str | None
    formality: str | None
    facts: Sequence[str]


def reader_of(customer: Customer, others: Sequence[Customer] = (), language: str = "en") -> Reader:
    """Return who reads a note to ``customer`` and, in the same home, to ``others``."""
    if not others or customer.kind != Kind.PERSON:
        facts = [fact.words for fact in customer.facts]
        return Reader(customer.name, customer.kind, customer.call_name, customer.formality, facts)
    everybody = [customer, *others]
    formal = "formal" if any(each.formality == "formal" for each in everybody) else None
    name = joint_name([each.name for each in everybody], language)
    return Reader(name, Kind.HOUSEHOLD, name, formal or customer.formality, ())


def joint_name(names: Sequence[str], language: str) -> str:
    """Return one name for those of a home: "Ann and Bob Smith", "Ann Smith and Bob Jones"."""
    families = {name.split()[-1] for name in names}
    shares = len(families) == 1 and all(len(name.split()) > 1 for name in names)
    given = [name.rsplit(maxsplit=1)[0] for name in names] if shares else list(names)
    joined = format_list(given, locale=tongue(language))
    return f"{joined} {families.pop()}" if shares else joined


class Told(NamedTuple):
    """What one note tells of another occasion: which, in which variant, and the facts."""

    occasion: str
    variant: str
    facts: Facts


def write(
    desk: Desk,
    note: Note,
    reader: Reader,
    facts: Facts,
    also: Sequence[Told],
    tier: str,
    used: list[str],
) -> None:
    """Give ``note`` its words, in a wording that is not among those ``used``, oldest first.

    Raises:
        NoteBlocked: a word is missing, or what came of it is not fit to be read.
    """
    language = note.language or desk.language
    formality = desk.formality_for(reader.formality, language)
    words = {**_words(desk, note, reader, language), "tier": tier, **_sayable(desk, facts)}
    eligible = desk.wordings.eligible(
        note.occasion,
        language,
        note.belated,
        note.variant,
        words,
        formality=formality,
        number=number_of(reader.kind),
    )
    # Whoever has read a draft should find it again, with only the change in it.
    kept = [wording for wording in eligible if wording.name == note.wording]
    wording = kept[0] if kept else choose(eligible, used, seed=note.customer_id)
    note.subject, note.body = desk.wordings.render(wording, words)
    lines = (_line(desk, note, each, words, formality, reader) for each in also)
    note.body = "\n\n".join([note.body.rstrip(), *lines])
    told = [each for one in (facts, *(each.facts for each in also)) for each in _told(one)]
    allowed = [*names_allowed(desk, note.customer), reader.name, *told]
    found = faults(note.subject, note.body, allowed=allowed, language=tongue(language))
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


def can_tell(desk: Desk, occasion: str, language: str) -> bool:
    """Return whether there is a line in ``language`` for what is told of ``occasion`` along."""
    return occasion in desk.wordings.variants(ALSO, tongue(language))


def _line(
    desk: Desk, note: Note, told: Told, words: Mapping[str, Any], formality: str, reader: Reader
) -> str:
    language = note.language or desk.language
    known = {**words, **_sayable(desk, told.facts)}
    eligible = desk.wordings.eligible(
        ALSO,
        language,
        note.belated,
        told.occasion,
        known,
        formality=formality,
        number=number_of(reader.kind),
    )
    return desk.wordings.render(choose(eligible, [], seed=note.id), known)[1].strip()


def _words(desk: Desk, note: Note, reader: Reader, language: str) -> dict[str, Any]:
    """Return the words that every template may use."""
    return {
        LANGUAGE: language,
        "greeting": opening(desk, reader, language),
        "call_name": called(reader.name, reader.kind, reader.call_name, tongue(language)),
        "name": reader.name,
        "signer": desk.signer,
        "business": desk.business,
        "belated": note.belated,
        "formal": desk.formality_for(reader.formality, language) == "formal",
        "facts": [] if desk.health else reader.facts,
    }


def opening(desk: Desk, reader: Reader, language: str) -> str:
    """Return how a note to ``reader`` opens in ``language``."""
    return greeting(
        reader.name,
        reader.kind,
        reader.call_name,
        desk.business,
        tongue(language),
        desk.formality_for(reader.formality, language),
    )


def _sayable(desk: Desk, facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """Return what a note may say of its occasion; a health service's names no treatment."""
    if not desk.health:
        return facts.words
    return {
        about: {word: None if word in _SERVICES else value for word, value in known.items()}
        for about, known in facts.words.items()
    }


def tongue(language: str) -> str:
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
