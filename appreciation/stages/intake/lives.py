"""What is known of a customer's life, and what the owner expects of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.stages.intake.checks import named
from appreciation.store import people
from appreciation.store.tables import Customer, Fact, LifeEvent

_FARTHEST_YEARS = 100
_LONGEST_FACT = 300


def add_fact(session: Session, customer: Customer, words: str, now: datetime) -> Fact:
    """Keep something personal that is known of ``customer``; twice changes nothing.

    Raises:
        NotUnderstood: it is empty, or longer than anybody would put into a note.
    """
    clean = " ".join(words.split())
    if not 0 < len(clean) <= _LONGEST_FACT:
        raise NotUnderstood(
            "a fact is a few words, like 'four daughters'",
            mend=f"use {_LONGEST_FACT} letters at most",
        )
    known = next((fact for fact in customer.facts if fact.words == clean), None)
    if known is not None:
        return known
    fact = Fact(words=clean, created_at=now)
    customer.facts.append(fact)
    session.flush()
    return fact


def forget_fact(session: Session, customer: Customer, words: str) -> None:
    """Forget the fact of ``customer`` that ``words`` are a clear part of.

    Raises:
        AppreciationError: none is meant, or several are.
    """
    sought = words.strip().casefold()
    meant = [fact for fact in customer.facts if sought and sought in fact.words.casefold()]
    if len(meant) != 1:
        found = f"{len(meant)} facts" if meant else "no fact"
        raise AppreciationError(
            f"{customer.name} has {found} with {words!r}",
            mend=f"appreciation customer show {customer.id}",
        )
    customer.facts.remove(meant[0])
    session.flush()


def change_facts(
    session: Session,
    customer: Customer,
    known: Iterable[str],
    forgotten: Iterable[str],
    now: datetime,
) -> None:
    """Forget facts of ``customer``, keep others, and let their open notes be written anew.

    Raises:
        NotUnderstood: one is no fact.
        AppreciationError: one to forget is not known, or could be several.
    """
    before = [fact.words for fact in customer.facts]
    for words in forgotten:
        forget_fact(session, customer, words)
    for words in known:
        add_fact(session, customer, words, now)
    if [fact.words for fact in customer.facts] != before:
        customer.updated_at = now
        people.write_anew(session, customer)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an owner expects of a customer's life; ``cents`` of each time, ``chance`` as written."""

    name: str
    year: int
    cents: int
    currency: str
    times: int = 1
    chance: str = "100%"


def add_life_event(
    session: Session, customer: Customer, expected: Expected, now: datetime, today: date
) -> LifeEvent:
    """Add something that may come in this year or a later one.

    Raises:
        NotUnderstood: the year is past, or the chance is none.
    """
    if not today.year <= expected.year <= today.year + _FARTHEST_YEARS:
        raise NotUnderstood(
            f"{expected.year} is no year to come",
            mend=f"write one from {today.year} to {today.year + _FARTHEST_YEARS}",
        )
    event = LifeEvent(
        customer=customer,
        name=named(expected.name),
        year=expected.year,
        cents=expected.cents,
        currency=expected.currency,
        times=expected.times,
        percent=_percent(expected.chance),
        created_at=now,
    )
    session.add(event)
    session.flush()
    return event


def remove_life_event(session: Session, event_id: int) -> str:
    """Remove what was expected; return its name.

    Raises:
        AppreciationError: there is none of this id.
    """
    event = session.get(LifeEvent, event_id)
    if event is None:
        raise AppreciationError(
            f"there is no life event {event_id}", mend="appreciation life-event list"
        )
    session.delete(event)
    return event.name


def _percent(text: str) -> int:
    figure = text.strip().removesuffix("%").strip()
    if not (figure.isascii() and figure.isdecimal() and 0 < int(figure) <= 100):  # noqa: PLR2004
        raise NotUnderstood(
            f"{text!r} is no chance", mend="write it like 50%: a whole number of 1 to 100"
        )
    return int(figure)
