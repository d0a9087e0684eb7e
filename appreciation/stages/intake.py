"""Intake: what people tell us goes into the store, checked, one row or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from appreciation.config.values import email_address
from appreciation.dates import YearlyDay, parse_zone
from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.money import format_money
from appreciation.store import people, suppressions
from appreciation.store.tables import (
    Customer,
    Fact,
    Hold,
    Kind,
    LifeEvent,
    Meeting,
    Order,
    Referral,
    SpecialDate,
)
from appreciation.words.greetings import FORMALITIES

_COUNTRY_LETTERS = 2
_LONGEST_NAME = 200
_FARTHEST_YEARS = 100
# Whoever changes one of these changes what the open notes say, or where they go.
_ON_THE_NOTE = {
    *("name", "call_name", "envelope_name", "kind"),
    *("formality", "language", "email", "address"),
}
_LONGEST_FACT = 300


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought; ``total_cents`` in minor units of ``currency``."""

    ordered_on: date
    total_cents: int
    currency: str
    number: str | None = None
    items: str | None = None


def add_customer(
    session: Session,
    fields: Mapping[str, Any],
    birthday: YearlyDay | None,
    now: datetime,
    today: date,
) -> Customer:
    """Add a customer with ``fields`` (columns of the table) and link who was waited for.

    Raises:
        NotUnderstood: a field cannot be what it should be.
        AppreciationError: there is one of this name and email already.
    """
    clean = _checked(fields)
    customer = Customer(**clean, created_at=now, updated_at=now)
    session.add(customer)
    session.flush()
    _check_is_nobody_else(session, customer)
    if birthday is not None:
        add_date(session, customer, "birthday", birthday, now)
    for referral in people.referrals_awaiting(session, customer.name):
        referral.referred_id, referral.known_on = customer.id, today
    return customer


def edit_customer(
    session: Session, customer: Customer, fields: Mapping[str, Any], now: datetime
) -> None:
    """Change ``fields`` of ``customer``; None empties one. What the notes say is written anew.

    The email address that stands there already, given once more, is no longer suppressed.

    Raises:
        NotUnderstood: a field cannot be what it should be.
        AppreciationError: it would be another customer's twin.
    """
    clean = _checked(fields)
    changed = {name for name, value in clean.items() if getattr(customer, name) != value}
    for name in changed:
        setattr(customer, name, clean[name])
    _check_is_nobody_else(session, customer)
    if clean.get("email") and "email" not in changed:
        # Said once more: the owner knows that it works again.
        suppressions.lift(session, clean["email"])
    # What was read of it was about the address that stood there.
    session.flush()
    session.expire(customer, ["suppression"])
    # Always another moment than that of an import, which so can tell what was edited since.
    customer.updated_at = max(now, customer.updated_at + timedelta(microseconds=1))
    if changed & _ON_THE_NOTE:
        people.write_anew(session, customer)


def set_birthday(
    session: Session, customer: Customer, birthday: YearlyDay | None, now: datetime
) -> int:
    """Set or, with None, forget the birthday; return how many notes were withdrawn for it."""
    known, withdrawn = customer.birthday, 0
    if known is not None:
        if birthday and (known.month_day, known.year) == (birthday.month_day, birthday.year):
            return 0
        withdrawn = people.withdraw(session, customer, "birthday")
        customer.dates.remove(known)
        session.delete(known)
        session.flush()
    if birthday is not None:
        add_date(session, customer, "birthday", birthday, now)
    return withdrawn


def add_date(
    session: Session,
    customer: Customer,
    kind: str,
    day: YearlyDay,
    now: datetime,
    whose: str = "",
) -> SpecialDate:
    """Add a yearly day of ``customer``, or of someone close to them.

    Raises:
        AppreciationError: there is one of this kind for the same person.
    """
    for known in customer.dates:
        if (known.kind, known.whose) == (kind, whose):
            of_whom = whose or customer.name
            raise AppreciationError(
                f"the {kind} of {of_whom} is known: {yearly_day(known)}",
                mend=f"appreciation customer edit {customer.id} --birthday {day}"
                if kind == "birthday" and not whose
                else "name another --kind or --whose",
            )
    special = SpecialDate(
        kind=kind, whose=whose, month_day=day.month_day, year=day.year, created_at=now
    )
    customer.dates.append(special)
    session.flush()
    return special


def yearly_day(special: SpecialDate) -> YearlyDay:
    """Return the day of ``special``, with the year where it is known."""
    month, day = divmod(special.month_day, 100)
    return YearlyDay(month, day, special.year)


def add_order(
    session: Session, customer: Customer | None, bought: Purchase, now: datetime
) -> Order:
    """Add an order of ``customer``, or of a guest of whom nothing is known.

    Raises:
        AppreciationError: the shop's number is taken by another order.
    """
    if bought.number is not None and people.order_numbered(session, bought.number) is not None:
        raise AppreciationError(
            f"there is an order {bought.number!r} already",
            mend="leave --number out, or see: appreciation order list",
        )
    order = Order(
        customer=customer,
        number=bought.number,
        ordered_on=bought.ordered_on,
        total_cents=bought.total_cents,
        currency=bought.currency,
        items=bought.items,
        created_at=now,
    )
    session.add(order)
    session.flush()
    return order


def refund(
    session: Session, order: Order, cents: int | None, refunded_on: date, now: datetime
) -> Order:
    """Add that ``cents`` of ``order``, or all that is left of it, went back to the customer.

    Raises:
        AppreciationError: it is a refund itself, or there is not as much left of it.
    """
    if order.total_cents <= 0:
        raise AppreciationError(
            f"order {order.number or order.id} is no order that was paid",
            mend="appreciation order list",
        )
    if refunded_on < order.ordered_on:
        raise NotUnderstood(
            f"{refunded_on} lies before the order, which is of {order.ordered_on}",
            mend="name the day on which the money went back: --on DAY",
        )
    left = order.total_cents + people.refunded_cents(session, order)
    back = left if cents is None else cents
    if not 0 < back <= left:
        of_it = f"{format_money(left, order.currency)} of it is left" if left else "nothing is left"
        raise AppreciationError(
            f"order {order.number or order.id} cannot be refunded by that much: {of_it}",
            mend=f"appreciation order list {order.customer_id or ''}".strip(),
        )
    given_back = Order(
        customer_id=order.customer_id,
        refund_of_id=order.id,
        ordered_on=refunded_on,
        total_cents=-back,
        currency=order.currency,
        created_at=now,
        # Nobody is thanked for it.
        considered_at=now,
    )
    session.add(given_back)
    session.flush()
    return given_back


def assign(session: Session, order: Order, customer: Customer) -> None:
    """Give a guest's ``order``, and what was refunded of it, to the ``customer`` it was.

    Raises:
        AppreciationError: it is somebody's already.
    """
    if order.customer is not None:
        raise AppreciationError(
            f"order {order.number or order.id} is {order.customer.name}'s",
            mend=f"appreciation order list {order.customer.id}",
        )
    for each in (order, *people.refunds_of(session, order)):
        each.customer = customer
    # There is somebody to thank now.
    order.considered_at = None
    session.flush()


def add_referral(
    session: Session,
    referrer: Customer,
    referred: Customer | str,
    referred_on: date,
    now: datetime,
) -> Referral:
    """Add that ``referrer`` sent ``referred``: a customer, or the name of one to come.

    Raises:
        AppreciationError: a customer sent themselves, was sent already, or the
            chain of who sent whom would close to a ring.
    """
    if isinstance(referred, str):
        referral = Referral(
            referrer=referrer,
            referred_name=_named(referred),
            referred_on=referred_on,
            created_at=now,
        )
    else:
        _check_referral(session, referrer, referred)
        referral = Referral(
            referrer=referrer,
            referred=referred,
            referred_name=referred.name,
            referred_on=referred_on,
            known_on=referred_on,
            created_at=now,
        )
    session.add(referral)
    session.flush()
    return referral


def add_meeting(
    session: Session, customer: Customer, met_on: date, place: str | None, now: datetime
) -> Meeting:
    """Add that we met ``customer``."""
    meeting = Meeting(customer=customer, met_on=met_on, place=_text("place", place), created_at=now)
    session.add(meeting)
    session.flush()
    return meeting


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
        name=_named(expected.name),
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


def hold(session: Session, customer: Customer, why: str, until: date | None, now: datetime) -> Hold:
    """Hold every note to ``customer`` back, up to ``until``, inclusive, or until released."""
    held = Hold(why=_named(why), until=until, created_at=now)
    customer.holds.append(held)
    session.flush()
    return held


def release(customer: Customer, now: datetime) -> int:
    """End every hold of ``customer``; return how many there were."""
    ended = [held for held in customer.holds if held.released_at is None]
    for held in ended:
        held.released_at = now
    return len(ended)


def _check_referral(session: Session, referrer: Customer, referred: Customer) -> None:
    if referrer.id == referred.id:
        raise AppreciationError(
            f"{referrer.name} cannot have sent themselves", mend="name two different customers"
        )
    sender = people.referrer_of(session, referred.id)
    if sender is not None:
        raise AppreciationError(
            f"{referred.name} was sent by {sender.name} already",
            mend=f"appreciation referral list {sender.id}",
        )
    above: Customer | None = referrer
    while above is not None:
        if above.id == referred.id:
            raise AppreciationError(
                f"{referred.name} sent {referrer.name}, so it cannot be the other way round too",
                mend=f"appreciation referral list {referred.id}",
            )
        above = people.referrer_of(session, above.id)


def _check_is_nobody_else(session: Session, customer: Customer) -> None:
    """Refuse the same name at the same email twice; a couple may share an address."""
    twin = people.twin_of(session, customer)
    if twin is not None:
        raise AppreciationError(
            f"{customer.name} with {customer.email} is a customer already",
            mend=f"appreciation customer show {twin.id}",
        )


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    clean = {name: _text(name, value) for name, value in fields.items()}
    if "name" in clean:
        clean["name"] = _named(clean["name"] or "")
    if clean.get("email"):
        try:
            clean["email"] = email_address(clean["email"])
        except ValueError as error:
            raise NotUnderstood(str(error), mend="write it like ada@example.org") from error
    if clean.get("timezone"):
        clean["timezone"] = parse_zone(clean["timezone"])
    if clean.get("country"):
        clean["country"] = _country(clean["country"])
    if clean.get("language"):
        clean["language"] = _language(clean["language"])
    if clean.get("formality") and clean["formality"] not in FORMALITIES:
        raise NotUnderstood(
            f"{clean['formality']!r} is no formality",
            mend=f"write one of: {', '.join(FORMALITIES)}",
        )
    if "kind" in clean and clean["kind"] not in list(Kind):
        raise NotUnderstood(
            f"{clean['kind']!r} is no kind of customer", mend=f"write one of: {', '.join(Kind)}"
        )
    return clean


def _text(name: str, value: Any) -> Any:
    """Return ``value`` without blanks around it; an address alone may have several lines."""
    if not isinstance(value, str):
        return value
    if name == "address":
        lines = (" ".join(line.split()) for line in value.replace("\\n", "\n").splitlines())
        return "\n".join(line for line in lines if line) or None
    return " ".join(value.split()) or None


def _named(value: str) -> str:
    name = " ".join(value.split())
    if not any(letter.isalpha() for letter in name):
        raise NotUnderstood(f"{value!r} is no name", mend="write the name as it should be read")
    if len(name) > _LONGEST_NAME:
        raise NotUnderstood(
            f"{name[:30]!r}... is no name: it has {len(name)} letters",
            mend=f"use {_LONGEST_NAME} at most",
        )
    return name


def _country(code: str) -> str:
    from babel import Locale

    upper = code.upper()
    if len(upper) != _COUNTRY_LETTERS or upper not in Locale("en").territories:
        raise NotUnderstood(f"{code!r} is no country", mend="write two letters like DE or US")
    return upper


def _language(code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise NotUnderstood(
            f"{code!r} is no language", mend="write it like en, de or pt-BR"
        ) from error
    return code
