"""Addresses that nobody may write to: marked, asked for, and let go again."""

from datetime import datetime

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from appreciation.store.tables import Suppression


def suppress(session: Session, address: str, why: str, now: datetime) -> None:
    """Let nobody write to ``address`` again, whoever has it; the first reason stays."""
    folded = address.lower()
    if session.scalar(select(Suppression.id).where(Suppression.address == folded)) is None:
        session.add(Suppression(address=folded, why=why, created_at=now))


def lift(session: Session, address: str) -> bool:
    """Let ``address`` be written to again; return whether it was suppressed."""
    done = session.execute(delete(Suppression).where(Suppression.address == address.lower()))
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)
