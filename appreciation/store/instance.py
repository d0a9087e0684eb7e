"""Which store this is: a restored or copied one must not send what the other has sent already.

The store counts its heartbeats, and two small files follow: one beside it, one
where this machine keeps its state, since whoever puts a whole folder back puts
back the first as well. A copy gives itself away: it is older than a file, has
none beside it, or lies elsewhere.
"""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from platformdirs import user_state_path
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from appreciation.dates import utc_text
from appreciation.errors import AppreciationError
from appreciation.store.tables import Instance

_ABOUT = "Tells the store beside it from a copy of it. Do not copy this file, nor remove it."

# The files of other machines on one server may be ahead of ours, but never by so much.
_LEAP = 1_000_000


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life of a store, as the file beside it tells it; ``at`` is for people."""

    store: str
    beats: int
    at: str


def instance(session: Session) -> Instance:
    """Return which store this is, and whether it is on hold."""
    return session.scalars(select(Instance)).one()


def on_hold() -> ColumnElement[bool]:
    """Return whether nothing may leave, for whoever claims."""
    return exists().where(Instance.held_why.is_not(None))


def beat(
    session: Session, place: str, beside: Path, now: datetime, *, alone: bool
) -> Heartbeat | None:
    """Count one more sign of life, and return it for the files; None where the store is on hold.

    It is put on hold where the file ``beside`` it, that of the machine and
    ``place`` are not those of the store that was last at work here. A store
    that is not ``alone`` may be worked on from a new machine, without a file.
    """
    found = session.scalars(select(Instance).with_for_update()).one()
    if found.held_why is None:
        hold(session, _doubt(found, place, read(beside), alone=alone), now)
    if found.held_why is not None:
        return None
    found.place, found.beat_at, found.beats = place, now, found.beats + 1
    return Heartbeat(found.name, found.beats, utc_text(now) or "")


def hold(session: Session, why: str | None, now: datetime) -> None:
    """Let nothing leave from now on, for a reason; without one nothing changes."""
    if why is not None:
        found = instance(session)
        found.held_at, found.held_why = now, why


def resume(session: Session, beside: Path) -> None:
    """End the hold: the next beat is counted on from what the files tell, at whatever place."""
    found = instance(session)
    heard = [each.beats for each in (read(beside), _read_kept(found.name)) if each]
    found.held_at = found.held_why = found.place = None
    found.beats = max(found.beats, *heard, 0) + _LEAP


def _doubt(found: Instance, place: str, heard: Heartbeat | None, *, alone: bool) -> str | None:
    """Return why this may not be the store that was last at work here, or None."""
    if found.place is None:
        return None
    last = f"the store was last at work {found.beat_at:%Y-%m-%d %H:%M} UTC"
    if heard is None and alone:
        return f"{last}, but no heartbeat file lies beside it: it may be a copy"
    if heard is not None and heard.store != found.name:
        return f"{last}, but the heartbeat file beside it is another store's"
    for each in (heard, _read_kept(found.name)):
        if each is not None and each.beats > found.beats:
            return (
                f"{last}, but its heartbeat tells of {each.at}: "
                "it was restored from a copy, or another copy of it goes on"
            )
    if place != found.place:
        return f"{last}, in another place: it is a copy, or was moved"
    return None


def read(path: Path) -> Heartbeat | None:
    """Return what the heartbeat file at ``path`` tells; None where it tells nothing."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Heartbeat(str(told["store"]), int(told["beats"]), str(told["at"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError, OverflowError):
        return None
    except OSError as error:
        raise _not_ours(path, error) from error


def write(path: Path, heard: Heartbeat) -> None:
    """Write ``heard`` to ``path``, after the store has committed it.

    Raises:
        AppreciationError: the file cannot be written.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        half.write_text(json.dumps({"about": _ABOUT, **asdict(heard)}, indent=1), encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise _not_ours(path, error) from error


def write_all(beside: Path, heard: Heartbeat) -> None:
    """Write ``heard`` beside the store, and where this machine keeps its state, if it may.

    Raises:
        AppreciationError: the file beside the store cannot be written.
    """
    write(beside, heard)
    kept = _kept(heard.store)
    # A service may have no home.
    with contextlib.suppress(OSError, AppreciationError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write(kept, heard)


def _read_kept(store: str) -> Heartbeat | None:
    try:
        return read(_kept(store))
    except AppreciationError:
        return None


def _kept(store: str) -> Path:
    return user_state_path("appreciation") / f"{store}.heartbeat"


def _not_ours(path: Path, error: OSError) -> AppreciationError:
    return AppreciationError(
        f"the heartbeat file {path} cannot be used: {error.strerror}",
        mend="see that its folder has room, and that it is yours to write",
    )
