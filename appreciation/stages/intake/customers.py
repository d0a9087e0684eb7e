"""Customers, their yearly days, and what holds their notes back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from appreciation.dates import LEAP_DAYS, LEAP_MONTH_DAY, YearlyDay
from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.stages.intake.checks import checked, named
from appreciation.store import people, suppressions
from appreciation.store.tables import Customer, Hold, SpecialDate

# Whoever changes one of these changes what the open notes say, or where they go.
_ON_THE_NOTE = {
    *("name", "call_name", "envelope_name", "kind"),
    *("formality", "hand", "language", "email", "address"),
}


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
    clean = checked(fields)
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
    clean = checked(fields)
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
    _changed(customer, now)
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
    # Finding looks anew at whoever changed.
    customer.updated_at = max(now, customer.updated_at)
    session.flush()
    return special


def choose_leap_day(customer: Customer, chosen: str, now: datetime) -> None:
    """Keep the birthday of ``customer``, a 29 February, on ``feb28`` or ``mar1``; empty: as usual.

    Raises:
        NotUnderstood: it is neither.
        AppreciationError: they were not born on 29 February.
    """
    if chosen and chosen not in LEAP_DAYS:
        raise NotUnderstood(
            f"{chosen!r} is no day to keep", mend=f"write one of: {', '.join(LEAP_DAYS)}"
        )
    birthday = customer.birthday
    if birthday is None or birthday.month_day != LEAP_MONTH_DAY:
        raise AppreciationError(
            f"{customer.name} was not born on 29 February, as far as we know",
            mend=f"appreciation customer show {customer.id}",
        )
    birthday.leap_day = chosen or None
    _changed(customer, now)


def yearly_day(special: SpecialDate) -> YearlyDay:
    """Return the day of ``special``, with the year where it is known."""
    month, day = divmod(special.month_day, 100)
    return YearlyDay(month, day, special.year)


def hold(session: Session, customer: Customer, why: str, until: date | None, now: datetime) -> Hold:
    """Hold every note to ``customer`` back, up to ``until``, inclusive, or until released."""
    held = Hold(why=named(why, "reason"), until=until, created_at=now)
    customer.holds.append(held)
    session.flush()
    return held


def mourn(session: Session, customer: Customer, until: date, now: datetime) -> list[str]:
    """Hold the notes to the home of ``customer``, who has died, up to ``until``; name who is there.

    Nobody there should be wished a happy anything just now, and the owner may
    release each of them.
    """
    home = people.others_at_home(session, customer)
    for each in home:
        hold(session, each, _mourning(customer), until, now)
    return [each.name for each in home]


def mourn_no_more(session: Session, customer: Customer, now: datetime) -> None:
    """End what :func:`mourn` began: it was a mistake, ``customer`` lives."""
    for each in people.others_at_home(session, customer):
        for held in each.holds:
            if held.why == _mourning(customer) and held.released_at is None:
                held.released_at = now


def _mourning(customer: Customer) -> str:
    return f"mourning {customer.name}"


def release(customer: Customer, now: datetime) -> int:
    """End every hold of ``customer``; return how many there were."""
    ended = [held for held in customer.holds if held.released_at is None]
    for held in ended:
        held.released_at = now
    return len(ended)


def _changed(customer: Customer, now: datetime) -> None:
    # Always another moment than that of an import, which so can tell what was edited since.
    customer.updated_at = max(now, customer.updated_at + timedelta(microseconds=1))


def _check_is_nobody_else(session: Session, customer: Customer) -> None:
    """Refuse the same name at the same email twice; a couple may share an address."""
    twin = people.twin_of(session, customer)
    if twin is not None:
        raise AppreciationError(
            f"{customer.name} with {customer.email} is a customer already",
            mend=f"appreciation customer show {twin.id}",
        )
