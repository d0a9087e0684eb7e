"""What intake asks of the store about customers, and what changes for their open notes."""

from collections.abc import Sequence

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError
from appreciation.store.tables import OPEN, Attempt, Customer, Note, NoteState, Order, Referral


def twin_of(session: Session, customer: Customer) -> Customer | None:
    """Return another customer of the same name and email, capitals apart."""
    if not customer.email:
        return None
    query = select(Customer).where(
        func.lower(Customer.email) == customer.email.lower(), Customer.id != customer.id
    )
    name = customer.name.casefold()
    return next((each for each in session.scalars(query) if each.name.casefold() == name), None)


def others_at_home(session: Session, customer: Customer) -> Sequence[Customer]:
    """Return the living who share the address of ``customer``, or else the mailbox."""
    if customer.home:
        shared = Customer.home == customer.home
    elif customer.email:
        shared = Customer.email == customer.email
    else:
        return []
    query = select(Customer).where(
        shared, Customer.id != customer.id, Customer.deceased_at.is_(None)
    )
    return session.scalars(query.order_by(Customer.id)).all()


def order_numbered(session: Session, number: str) -> Order | None:
    """Return the order that the shop calls ``number``."""
    return session.scalar(select(Order).where(Order.number == number))


def order_meant(session: Session, words: str) -> Order:
    """Return the order that ``words`` mean: the shop's own number, or ours.

    Raises:
        AppreciationError: there is none.
    """
    sought = words.strip()
    found = order_numbered(session, sought)
    if found is None and sought.isdecimal() and len(sought) < len(str(2**63)):
        found = session.get(Order, int(sought))
    if found is None:
        raise AppreciationError(f"there is no order {sought!r}", mend="appreciation order list")
    return found


def refunds_of(session: Session, order: Order) -> Sequence[Order]:
    """Return what was given back of ``order``, the first first."""
    query = select(Order).where(Order.refund_of_id == order.id).order_by(Order.id)
    return session.scalars(query).all()


def refunded_cents(session: Session, order: Order) -> int:
    """Return how much of ``order`` was given back, below zero."""
    return sum(each.total_cents for each in refunds_of(session, order))


def referrer_of(session: Session, customer_id: int) -> Customer | None:
    """Return who sent this customer to us."""
    query = select(Customer).join(Referral, Referral.referrer_id == Customer.id)
    return session.scalar(query.where(Referral.referred_id == customer_id))


def referrals_awaiting(session: Session, name: str) -> Sequence[Referral]:
    """Return the referral of somebody of this name whom nobody knew yet, if there is one."""
    waiting = session.scalars(
        select(Referral).where(Referral.referred_id.is_(None)).order_by(Referral.id)
    )
    return [each for each in waiting if each.referred_name.casefold() == name.casefold()][:1]


def write_anew(session: Session, customer: Customer) -> None:
    """Send the notes of ``customer`` that are open or failed back to drafting.

    What a person wrote stays as it is, but waits for another look.
    """
    session.flush()
    open_notes = update(Note).where(
        Note.customer_id == customer.id, Note.state.in_((*OPEN, NoteState.FAILED))
    )
    for edited, state in ((False, NoteState.FOUND), (True, NoteState.WAITING)):
        session.execute(
            open_notes.where(Note.edited.is_(edited))
            .values(state=state, approved_at=None)
            .execution_options(synchronize_session=False)
        )


def withdraw(session: Session, customer: Customer, occasion: str) -> int:
    """Delete the notes of ``customer`` for ``occasion`` that nobody tried to send; return how many.

    Not skipped: the occurrence is found again for its new day.
    """
    session.flush()
    tried = select(Attempt.note_id)
    result = session.execute(
        delete(Note).where(
            Note.customer_id == customer.id,
            Note.occasion == occasion,
            Note.state.in_(OPEN),
            Note.id.not_in(tried),
        )
    )
    assert isinstance(result, CursorResult)
    return result.rowcount
