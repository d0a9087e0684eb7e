"""The processes that send: who is at work, and who will not come back."""

import os
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from appreciation import machine
from appreciation.store.tables import Note, Worker

# `status` tells of the last daemons, not of all that ever were.
_REMEMBERED = timedelta(days=30)


def enlist(session: Session, role: str, now: datetime) -> Worker:
    """Add this process to the workers and return it; those long gone are forgotten."""
    worker = Worker(
        id=secrets.token_hex(8),
        role=role,
        host=machine.host(),
        boot=machine.boot_id(),
        process=os.getpid(),
        started_at=now,
        beat_at=now,
    )
    held = select(Note.worker_id).where(Note.worker_id.is_not(None))
    gone = [each.id for each in session.scalars(select(Worker)) if is_dead(each)]
    session.execute(
        delete(Worker).where(
            Worker.id.not_in(held),
            or_(
                and_(Worker.role != "daemon", Worker.did.is_(None)),
                Worker.beat_at < now - _REMEMBERED,
            ),
            or_(Worker.id.in_(gone), Worker.stopped_at.is_not(None)),
        )
    )
    session.add(worker)
    return worker


def beat(session: Session, worker: Worker, now: datetime, did: str | None = None) -> None:
    """Record that ``worker`` lives, and what it did last."""
    worker.beat_at = now
    if did is not None:
        worker.did, worker.did_at = did, now
    session.merge(worker)


def dismiss(session: Session, worker: Worker, now: datetime) -> None:
    """Record that ``worker`` stopped of its own will."""
    worker.beat_at = worker.stopped_at = now
    session.merge(worker)


def is_dead(worker: Worker) -> bool:
    """Return whether ``worker`` can be known to do nothing any more, on this machine."""
    if worker.stopped_at is not None:
        return True
    if worker.host != machine.host():
        return False
    return _was_rebooted(worker) or not machine.is_alive(worker.process)


def dead_workers(session: Session, me: Worker) -> tuple[list[str], list[str]]:
    """Return the ids of workers that hold notes and are dead, and which of them by a reboot."""
    held = select(Note.worker_id).where(Note.worker_id.is_not(None))
    holders = session.scalars(select(Worker).where(Worker.id.in_(held), Worker.id != me.id)).all()
    dead = [each for each in holders if is_dead(each) or _is_a_former_me(each, me)]
    return [each.id for each in dead], [each.id for each in dead if _was_rebooted(each)]


def daemons(session: Session) -> Sequence[Worker]:
    """Return the daemons that ever ran here, the one that beat last first."""
    return session.scalars(
        select(Worker).where(Worker.role == "daemon").order_by(Worker.beat_at.desc())
    ).all()


def last_to_do(session: Session) -> Worker | None:
    """Return the worker that did something last, be it in a former life of the daemon."""
    query = select(Worker).where(Worker.did_at.is_not(None)).order_by(Worker.did_at.desc())
    return session.scalars(query.limit(1)).first()


def _was_rebooted(worker: Worker) -> bool:
    return worker.host == machine.host() and worker.boot != machine.boot_id()


def _is_a_former_me(worker: Worker, me: Worker) -> bool:
    """Tell a container's last life: there every process has the same id."""
    return (
        worker.host == me.host
        and worker.process == me.process
        and worker.started_at < me.started_at
    )
