"""Addresses that nobody may write to: marked, asked for, and let go again."""

from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from appreciation.store.tables import Customer, Suppression


def suppress(session: Session, address: str, why: str, now: datetime) -> None:
    """Let nobody write to ``address`` again, whoever has it; the first reason stays."""
    folded = address.lower()
    if session.scalar(select(Suppression.id).where(Suppression.address == folded)) is None:
        session.add(Suppression(address=folded, why=why, created_at=now))
        # A card leaves earlier than an email: finding looks anew at whoever has it.
        session.execute(
            update(Customer)
            .where(func.lower(Customer.email) == folded, Customer.updated_at < now)
            .values(updated_at=now)
            .execution_options(synchronize_session=False)
        )


def lift(session: Session, address: str) -> bool:
    """Let ``address`` be written to again; return whether it was suppressed."""
    done = session.execute(delete(Suppression).where(Suppression.address == address.lower()))
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)
