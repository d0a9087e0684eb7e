"""What the two databases do not spell alike."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def is_postgresql(session: Session) -> bool:
    """Return whether a server keeps the store, and not a file."""
    return session.get_bind().dialect.name == "postgresql"


def insert_for(session: Session) -> Callable[[Any], Any]:
    """Return the INSERT that knows ON CONFLICT, as this database writes it."""
    return postgresql.insert if is_postgresql(session) else sqlite.insert
