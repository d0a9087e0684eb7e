"""The one place that says who must not be written to, for every stage and every backend.

What it answers with is kept: to put such an expression together takes longer
than to ask a shop of a million customers by it.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    and_,
    case,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from appreciation.store.tables import Customer, Hold, Note, Order, SpecialDate, Suppression

# Younger ones are written to by email only where somebody has agreed; a card comes to the family.
_ADULT_AT = 16
# What an answer begins with where only another address is wanted.
SUPPRESSED = "address suppressed: "
_kept = lru_cache(maxsize=32)


@_kept
def held_back(today: date | BindParameter[date]) -> ColumnElement[str | None]:
    """Return why the customer of a note must not be written to on ``today``, or NULL.

    It speaks about the rows of ``notes`` joined to ``customers``. It is asked
    when a note is drafted, when it is listed, and last in the claim.
    """
    told, them = aliased(Note), aliased(Customer)
    named = case((told.customer_id != Note.customer_id, keeps_back(told.channel, today, them)))
    told_of = (
        select(
            func.min(func.coalesce(no_longer_so(told), literal("names somebody else: ") + named))
        )
        .join(them, them.id == told.customer_id)
        .where(told.merged_into_id == Note.id)
        .correlate(Note)
        .scalar_subquery()
    )
    return func.coalesce(keeps_back(Note.channel, today), no_longer_so(), told_of)


def keeps_back(
    channel: ColumnElement[str | None] | InstrumentedAttribute[str | None],
    day: date | ColumnElement[date],
    who: type[Customer] = Customer,
) -> ColumnElement[str | None]:
    """Return why ``who`` must not be written to by ``channel`` on ``day``, or NULL.

    Whatever it would be about. It speaks about rows that are joined to ``who``.
    """
    suppressed = (
        select(func.min(SUPPRESSED + Suppression.why))
        .where(Suppression.address == func.lower(who.email))
        .correlate_except(Suppression)
        .scalar_subquery()
    )
    unwanted = case(
        (
            and_(channel == "email", who.email_consent.is_(False)),
            literal("has not agreed to emails"),
        ),
        (
            and_(channel == "email", ~_may_be_emailed(day, who)),
            literal(f"is under {_ADULT_AT}, and nobody has agreed to emails"),
        ),
        (
            and_(channel == "post", who.post_consent.is_(False)),
            literal("wants no cards"),
        ),
    )
    return func.coalesce(_silenced(day, who), case((channel == "email", suppressed)), unwanted)


@_kept
def no_longer_so(note: type[Note] = Note) -> ColumnElement[str | None]:
    """Return what has happened since a ``note`` was found that takes its reason away, or NULL."""
    bought, later = aliased(Order), aliased(Order)
    about = select(bought.id).where(bought.id == note.about_id)
    given_back = select(func.sum(later.total_cents)).where(later.refund_of_id == bought.id)
    refunded = about.where(bought.total_cents + given_back.scalar_subquery() <= 0)
    came_back = about.join(
        later,
        and_(
            later.customer_id == bought.customer_id,
            later.ordered_on > bought.ordered_on,
            later.total_cents > 0,
        ),
    )
    return case(
        (
            and_(note.occasion.in_(("order", "milestone")), refunded.correlate(note).exists()),
            "order refunded",
        ),
        (and_(note.occasion == "quiet", came_back.correlate(note).exists()), "came back since"),
    )


@_kept
def must_not_hear(today: date | BindParameter[date]) -> ColumnElement[str | None]:
    """Return why a customer must not be written to on ``today``, by whichever way, or NULL."""
    return _silenced(today)


def _silenced(
    today: date | ColumnElement[date], who: type[Customer] = Customer
) -> ColumnElement[str | None]:
    held = (
        select(func.min("on hold: " + Hold.why))
        .where(
            Hold.customer_id == who.id,
            Hold.released_at.is_(None),
            or_(Hold.until.is_(None), Hold.until >= today),
        )
        .correlate_except(Hold)
        .scalar_subquery()
    )
    return case(
        (who.deceased_at.is_not(None), literal("has died")),
        (who.opted_out_at.is_not(None), literal("opted out")),
        else_=held,
    )


def _may_be_emailed(
    today: date | ColumnElement[date], who: type[Customer] = Customer
) -> ColumnElement[bool]:
    """Return whether a customer is grown up as far as we know, or somebody has agreed for them."""
    day = literal(today, Date) if isinstance(today, date) else today
    latest = (extract("year", day) - _ADULT_AT) * 10_000 + (
        extract("month", day) * 100 + extract("day", day)
    )
    is_a_child = (
        select(SpecialDate.id)
        .where(
            SpecialDate.customer_id == who.id,
            SpecialDate.kind == "birthday",
            SpecialDate.whose == "",
            SpecialDate.year * 10_000 + SpecialDate.month_day > latest,
        )
        .correlate_except(SpecialDate)
        .exists()
    )
    return or_(who.email_consent.is_(True), ~is_a_child)


@_kept
def can_be_reached(today: date | BindParameter[date]) -> Mapping[str, ColumnElement[bool]]:
    """Return for each channel whether a customer has an address that may be written to."""
    suppressed = (
        select(Suppression.id)
        .where(Suppression.address == func.lower(Customer.email))
        .correlate(Customer)
        .exists()
    )
    return {
        "email": and_(
            Customer.email.is_not(None),
            ~suppressed,
            Customer.email_consent.is_not(False),
            _may_be_emailed(today),
        ),
        "post": and_(Customer.address.is_not(None), Customer.post_consent.is_not(False)),
    }


def address_of_channel() -> ColumnElement[str | None]:
    """Return the customer's address that a note's channel goes to, as it is now."""
    return case(
        (Note.channel == "email", Customer.email),
        (Note.channel == "post", Customer.address),
    )
