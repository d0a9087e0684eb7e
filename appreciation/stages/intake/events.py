"""What happened: who sent whom, and whom we met."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError
from appreciation.stages.intake.checks import named, plain_text
from appreciation.store import people
from appreciation.store.tables import Customer, Meeting, Referral


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
            referred_name=named(referred),
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
    meeting = Meeting(
        customer=customer, met_on=met_on, place=plain_text("place", place), created_at=now
    )
    session.add(meeting)
    session.flush()
    return meeting


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
