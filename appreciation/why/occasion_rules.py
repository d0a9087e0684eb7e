"""What is asked of each occasion on a day. A new rule is a function and a line below.

Each gets a :class:`Matter` and answers, or returns None where there is nothing to ask.
"""

from collections.abc import Callable, Sequence
from typing import Any

from appreciation.config.values import EVERYBODY
from appreciation.store import explaining, planning, valuing
from appreciation.why.answers import Answer
from appreciation.why.asking import Matter
from appreciation.why.knowing import known
from appreciation.why.tact_rules import (
    alone_at_home,
    due_together,
    month_is_not_full,
    travels,
)

_ADDRESSES = {"email": "email address", "post": "postal address"}
_NOT_SO = {"email": "may not be written to by email", "post": "wants no cards"}


def switched_on(matter: Matter) -> Answer:
    """Ask whether the owner wants the occasion, now."""
    on = matter.settings.enabled
    told = "switched on" if on else f"switched off ([occasions.{matter.finder.name}] enabled)"
    return Answer("switched_on", lets=on, told=told)


def among(matter: Matter) -> Answer:
    """Ask whether the customer is one of those it is for."""
    circle = matter.settings.to
    if circle == EVERYBODY:
        return Answer("among", lets=True, told="for everybody", figures={"to": str(circle)})
    customer, session = matter.asked.customer, matter.asked.session
    inside = customer.id in valuing.members(session, circle, [customer.id])
    told = f"is one of {circle}" if inside else f"is not one of {circle}"
    return Answer("among", lets=inside, told=told, figures={"to": str(circle)})


def falls(matter: Matter) -> Answer:
    """Ask whether anything falls on the day."""
    asked = matter.asked
    if matter.note is not None or matter.row is not None:
        of = matter.note.on if matter.note else matter.row["on"]  # type: ignore[index]
        at = matter.note.due_at if matter.note else matter.row["due_at"]  # type: ignore[index]
        when = "falls on this day" if of == asked.on else f"of {of}, due {asked.day_of(at)}"
        figures = {"on": of, "due_at": at}
        return Answer("falls", lets=True, told=f"{matter.about}: {when}", figures=figures)
    coming = matter.next
    told = "does not fall on this day" + (f"; next: {coming['on']}" if coming else "")
    return Answer("falls", lets=False, told=told, figures={"next": coming and coming["on"]})


def way(matter: Matter) -> Answer | None:
    """Ask by which way it goes, and whether there is an address for that."""
    channel, backend = _either(matter, "channel"), _either(matter, "backend")
    if channel is None:
        return None
    customer, note = matter.asked.customer, matter.note
    figures = {"by": matter.settings.by, "channel": channel, "backend": backend}
    if note is not None and note.recipient and note.sent_at:
        to = _one_line(note.recipient)
        return Answer("way", lets=True, told=f"by {backend} to {to}", figures=figures)
    if not matter.asked.ways[channel]:
        told = f'{_no_way(matter)} (by = "{matter.settings.by}")'
        return Answer("way", lets=False, told=told, figures=figures)
    address = customer.email if channel == "email" else customer.address
    told = f"by {backend} to {_one_line(address or '')}"
    return Answer("way", lets=True, told=told, figures=figures)


def _no_way(matter: Matter) -> str:
    """Return what keeps each way shut: there is no address, or it may not be used."""
    customer, wishes = matter.asked.customer, matter.settings.wishes
    known = {"email": customer.email, "post": customer.address}
    lacking = [_ADDRESSES[each] for each in wishes if not known[each]]
    shut = [_NOT_SO[each] for each in wishes if known[each] and not matter.asked.ways[each]]
    told = [f"no {' or '.join(lacking)} to write to"] if lacking else []
    return ", and ".join(told + shut)


def moments(matter: Matter) -> Answer | None:
    """Tell when it is due, until when it is on time, and until when belated words do."""
    due_at = _either(matter, "due_at")
    if due_at is None:
        return None
    late_at, expires_at = _either(matter, "on_time_until"), _either(matter, "expires_at")
    clock, zone = matter.asked.clock, matter.asked.zone
    late = f", belated until {clock(expires_at)}" if expires_at > late_at else ""
    return Answer(
        "moments",
        lets=None,
        told=f"due {clock(due_at)}, on time until {clock(late_at)}{late} ({zone})",
        figures={
            "due_at": due_at,
            "on_time_until": late_at,
            "belated_until": expires_at,
            "timezone": zone,
        },
    )


def in_time(matter: Matter) -> Answer | None:
    """Ask whether the store knew of it before it was too late."""
    if matter.row is None:
        return None
    known_at, expires_at = matter.row["known_at"], matter.row["expires_at"]
    if known_at >= expires_at:
        told = f"known only since {matter.asked.clock(known_at)}, when it was too late"
        return Answer("in_time", lets=False, told=told, figures={"known_at": known_at})
    return Answer("in_time", lets=True, told="known in time", figures={"known_at": known_at})


def looked(matter: Matter) -> Answer:
    """Tell how far finding has looked for the occasion."""
    at = planning.last_looks(matter.asked.session).get(matter.finder.name)
    told = f"last looked for {matter.asked.clock(at)}" if at else "never looked for yet"
    return Answer("looked", lets=None, told=told, figures={"through_at": at})


def noted(matter: Matter) -> Answer:
    """Tell whether there is a note already, and how far it is."""
    note = matter.note
    if note is None:
        return Answer("noted", lets=None, told="no note yet", figures={"note_id": None})
    told = f"note {note.id} is {note.state.value.replace('_', ' ')}"
    if note.reason:
        told += f": {note.reason}"
    figures: dict[str, Any] = {"note_id": note.id, "state": note.state.value}
    figures["attempts"] = [_tried(attempt) for attempt in note.attempts]
    if note.attempts:
        told += f"; {len(note.attempts)} attempts, the last: {note.attempts[-1].said}"
    return Answer("noted", lets=None, told=told, figures=figures)


def rarely_enough(matter: Matter) -> Answer | None:
    """Ask whether another note of the kind is too near."""
    days = matter.settings.cooldown
    on = _either(matter, "on")
    if not days or on is None or (matter.note is not None and matter.note.sent_at):
        return None
    but = matter.note.id if matter.note else None
    asked, name = matter.asked, matter.finder.name
    other = explaining.noted_within(asked.session, asked.customer, name, on, days, but)
    figures = {"cooldown_days": days, "note_id": other}
    if other is not None:
        told = f"within {days} days of note {other}"
        return Answer("rarely_enough", lets=False, told=told, figures=figures)
    if matter.is_within_cooldown:
        told = f"within {days} days of another one that comes first"
        return Answer("rarely_enough", lets=False, told=told, figures=figures)
    told = f"no other within {days} days"
    return Answer("rarely_enough", lets=True, told=told, figures=figures)


def approval(matter: Matter) -> Answer | None:
    """Tell whether a person looks first."""
    if _either(matter, "on") is None:
        return None
    ask = matter.settings.approve == "ask"
    told = "you look at it first" if ask else "goes by itself"
    figures = {"approve": matter.settings.approve}
    return Answer("approval", lets=None, told=told, figures=figures)


# In the order in which they are asked and shown.
OCCASION_RULES: Sequence[Callable[[Matter], Answer | None]] = (
    switched_on,
    among,
    known,
    falls,
    in_time,
    way,
    travels,
    moments,
    looked,
    rarely_enough,
    due_together,
    alone_at_home,
    month_is_not_full,
    noted,
    approval,
)


def _either(matter: Matter, name: str) -> Any:
    """Return what the note has under ``name``, or else what finding would give it."""
    if matter.note is not None:
        return getattr(matter.note, name)
    return matter.row[name] if matter.row is not None else None


def _tried(attempt: Any) -> dict[str, Any]:
    return {"outcome": attempt.outcome, "said": attempt.said, "backend": attempt.backend}


def _one_line(address: str) -> str:
    return ", ".join(address.splitlines())
