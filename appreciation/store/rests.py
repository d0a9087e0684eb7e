"""Backends that rest: their server refuses everybody, so no note is to blame."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from appreciation.store.recording import Link
from appreciation.store.tables import Base, Rest

# A greylisting server wants five minutes; after half a day there is no hurry left.
PAUSES = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240, 720))

_rests = Base.metadata.tables[Rest.__tablename__]
_WAKE = delete(_rests).where(_rests.c.backend == bindparam("awake"))


def resting(session: Session, now: datetime) -> dict[str, Rest]:
    """Return the backends that rest at ``now``, by name."""
    rests = session.scalars(select(Rest).where(Rest.until_at > now))
    return {rest.backend: rest for rest in rests}


def rest(
    session: Session, backend: str, why: str, now: datetime, *, grows: bool = True
) -> datetime:
    """Let ``backend`` rest, each time longer if it ``grows``, and return until when."""
    known = session.get(Rest, backend)
    times = (known.times if known else 0) + grows
    until_at = now + PAUSES[min(times, len(PAUSES)) - 1 if grows else 0]
    session.merge(Rest(backend=backend, since_at=now, until_at=until_at, times=times, why=why))
    return until_at


def wake(link: Link, backend: str) -> None:
    """Forget that ``backend`` ever rested: its server took a note."""
    link.execute(_WAKE, {"awake": backend})
