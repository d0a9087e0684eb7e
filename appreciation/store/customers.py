"""Asking for customers, and finding the one that a person means."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from appreciation.errors import AppreciationError, NeedsALook
from appreciation.store.tables import Customer, Hold, Meeting, Order, Referral, SpecialDate

# How many of several customers a message names.
_NAMED = 4


def customer_meant(session: Session, words: str) -> Customer:
    """Return the customer that ``words`` mean: an id, an email, a name or a clear part of it.

    Raises:
        AppreciationError: nobody is meant.
        NeedsALook: several are; the mend names them with their ids.
    """
    sought = words.strip()
    if sought.isdecimal() and sought.isascii():
        customer = session.get(Customer, int(sought)) if len(sought) < len(str(2**63)) else None
        if customer is None:
            raise AppreciationError(
                f"there is no customer {sought}", mend="appreciation customer list"
            )
        return customer
    for candidates in _tiers(session, sought):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            named = ", ".join(f"{each.id} ({each.name})" for each in candidates[:_NAMED])
            more = f" and {len(candidates) - _NAMED} more" if len(candidates) > _NAMED else ""
            raise NeedsALook(
                f"{sought!r} can be {len(candidates)} customers",
                mend=f"name one by id: {named}{more}",
            )
    raise AppreciationError(f"no customer is called {sought!r}", mend="appreciation customer list")


def _tiers(session: Session, sought: str) -> list[Sequence[Customer]]:
    """Return who matches exactly, then by whole words, then in part.

    Names fold in Python: SQLite's lower() leaves every letter beyond ASCII.
    """
    if not sought:
        return []
    folded = sought.casefold()
    if "@" in sought:
        return [session.scalars(select(Customer).where(func.lower(Customer.email) == folded)).all()]
    exact, words, part = [], [], []
    for row in session.execute(select(Customer.id, Customer.name, Customer.call_name)):
        name = row.name.casefold()
        if folded in {name, (row.call_name or "").casefold()}:
            exact.append(row.id)
        if f" {folded} " in f" {name} ":
            words.append(row.id)
        if folded in name:
            part.append(row.id)
    by_id = select(Customer).order_by(Customer.id)
    return [
        session.scalars(by_id.where(Customer.id.in_(ids))).all() for ids in (exact, words, part)
    ]


def customers_like(session: Session, words: str, limit: int) -> Sequence[Customer]:
    """Return up to ``limit`` customers whose name or email holds ``words``, by name."""
    query = (
        select(Customer)
        .options(
            selectinload(Customer.dates),
            selectinload(Customer.holds),
            selectinload(Customer.facts),
            joinedload(Customer.suppression),
        )
        .order_by(Customer.name, Customer.id)
        .limit(limit)
    )
    if words:
        query = query.where(
            or_(
                Customer.name.icontains(words, autoescape=True),
                Customer.email.icontains(words, autoescape=True),
            )
        )
    return session.scalars(query).all()


def namesakes(session: Session, customer: Customer) -> Sequence[Customer]:
    """Return the other customers of exactly this name, or of this email."""
    same = Customer.name == customer.name
    if customer.email:
        same = or_(same, Customer.email == customer.email)
    return session.scalars(select(Customer).where(same, Customer.id != customer.id)).all()


def active_holds(customer: Customer, today: date) -> list[Hold]:
    """Return the holds that keep us from writing to ``customer`` on ``today``."""
    return [
        hold
        for hold in customer.holds
        if hold.released_at is None and (hold.until is None or hold.until >= today)
    ]


def customer_or_name(session: Session, words: str) -> Customer | str:
    """Return the customer that ``words`` mean, or the words: a name nobody knows yet.

    Raises:
        NeedsALook: several customers may be meant.
        AppreciationError: an id or an email that nobody has.
    """
    try:
        return customer_meant(session, words)
    except NeedsALook:
        raise
    except AppreciationError:
        if words.strip().isdecimal() or "@" in words:
            raise
        return words


def orders_of(session: Session, customer: Customer | None) -> Sequence[Order]:
    """Return the orders of ``customer``, or of all, the latest first."""
    query = select(Order).options(joinedload(Order.customer))
    if customer is not None:
        query = query.where(Order.customer_id == customer.id)
    return session.scalars(query.order_by(Order.ordered_on.desc(), Order.id.desc())).all()


def referrals_of(session: Session, referrer: Customer | None) -> Sequence[Referral]:
    """Return whom ``referrer`` sent, or all referrals, the latest first."""
    query = select(Referral).options(joinedload(Referral.referrer), joinedload(Referral.referred))
    if referrer is not None:
        query = query.where(Referral.referrer_id == referrer.id)
    return session.scalars(query.order_by(Referral.referred_on.desc(), Referral.id.desc())).all()


def meetings_of(session: Session, customer: Customer | None) -> Sequence[Meeting]:
    """Return the meetings with ``customer``, or all, the latest first."""
    query = select(Meeting).options(joinedload(Meeting.customer))
    if customer is not None:
        query = query.where(Meeting.customer_id == customer.id)
    return session.scalars(query.order_by(Meeting.met_on.desc(), Meeting.id.desc())).all()


def dates_of(session: Session, customer: Customer | None) -> Sequence[SpecialDate]:
    """Return the yearly days of ``customer``, or of all, in the order of the calendar."""
    query = select(SpecialDate).options(joinedload(SpecialDate.customer))
    if customer is not None:
        query = query.where(SpecialDate.customer_id == customer.id)
    return session.scalars(query.order_by(SpecialDate.month_day, SpecialDate.id)).all()


def names_of_all(session: Session) -> Iterator[tuple[int, str]]:
    """Yield the id and name of every customer."""
    query = select(Customer.id, Customer.name).order_by(Customer.id)
    for row in session.execute(query, execution_options={"yield_per": 5_000}):
        yield row.id, row.name


def as_named(session: Session) -> Iterator[tuple[int, str, str, str | None]]:
    """Yield the id, name, kind and call name of every customer."""
    query = select(Customer.id, Customer.name, Customer.kind, Customer.call_name)
    for row in session.execute(query.order_by(Customer.id), execution_options={"yield_per": 5_000}):
        yield row.id, row.name, row.kind, row.call_name


def namesake_groups(session: Session) -> Iterator[tuple[str, int, int]]:
    """Yield each name that several customers have, with the first of them and another one."""
    other = aliased(Customer)
    first = select(func.min(other.id)).where(other.name == Customer.name).scalar_subquery()
    query = select(Customer.name, first, Customer.id).where(Customer.id > first)
    rows = session.execute(query.order_by(Customer.id))
    yield from ((row[0], row[1], row[2]) for row in rows)
