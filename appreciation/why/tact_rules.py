"""What tact says to a note: how long it travels, what is due together, how full the month is."""

from datetime import datetime, timedelta
from typing import Any

from appreciation.dates import local_day
from appreciation.stages.drafting.writing import can_tell
from appreciation.store.near import Near, near
from appreciation.store.tables import GONE, NoteState
from appreciation.why.answers import Answer
from appreciation.why.asking import Matter

_TAKEN = (NoteState.WAITING, NoteState.APPROVED, NoteState.CLAIMED, *GONE)
_A_MONTH = timedelta(days=31)


def travels(matter: Matter) -> Answer | None:
    """Tell how long a card is under way, which is why it leaves when it does."""
    if _of(matter, "channel") != "post":
        return None
    postal, country = matter.asked.app.rules.postal, matter.asked.customer.country or ""
    days = postal.days_under_way(country)
    to = country or postal.country or "your own country"
    figures = {"working_days": days, "country": to, "print_day": matter.asked.app.rules.print_day}
    told = f"{days} working days under way to {to}, holidays of both ends left out"
    if matter.asked.app.rules.print_day != "any":
        told += f"; you print on {matter.asked.app.rules.print_day}"
    return Answer("travels", lets=None, told=told, figures=figures)


def due_together(matter: Matter) -> Answer | None:
    """Ask whether another note, due at the same time, tells of this one's reason too."""
    span = timedelta(days=matter.asked.app.config.tact.together)
    if matter.row is None or matter.asked.is_past or not span:
        return None
    mine, order = matter.row, matter.asked.app.config.tact.order
    # What is late would leave now.
    now, leaves_at = matter.asked.now, max(matter.row["due_at"], matter.asked.now)
    near_it = {
        row["occasion"]
        for row in matter.asked.coming
        if row["channel"] == mine["channel"] and abs(max(row["due_at"], now) - leaves_at) < span
    }
    near_it |= {
        note.occasion
        for note in _notes(matter)
        if note.state in (NoteState.FOUND, NoteState.BLOCKED, NoteState.WAITING)
        and note.channel == mine["channel"]
        and abs(max(note.due_at, now) - leaves_at) < span
    }
    named = sorted(each for each in near_it if _become_one(matter, mine["occasion"], each))
    figures = {"together_days": span.days, "occasions": named}
    if not named:
        return Answer("due_together", lets=True, told="nothing else is due then", figures=figures)
    first = min([*named, mine["occasion"]], key=order)
    if first == mine["occasion"]:
        told = f"tells of what else is due then: {', '.join(named)}"
        return Answer("due_together", lets=True, told=told, figures=figures)
    told = f"due together with the {first} note, which tells of it too"
    return Answer("due_together", lets=False, told=told, figures=figures)


def month_is_not_full(matter: Matter) -> Answer | None:
    """Ask whether the customer's month has room, with the dearer ones that are to come."""
    cap = matter.asked.app.config.tact.per_month
    if matter.row is None or matter.asked.is_past or not cap:
        return None
    order, mine = matter.asked.app.config.tact.order, matter.row
    month = _month(matter, mine["due_at"])
    taken = [
        f"note {note.id} ({note.occasion})"
        for note in _notes(matter)
        if note.state in _TAKEN and _month(matter, note.due_at) == month
    ]
    dearer = [
        f"{row['on']} ({row['occasion']})"
        for row in matter.asked.coming
        if _month(matter, row["due_at"]) == month
        and order(row["occasion"]) < order(mine["occasion"])
    ]
    count = len(taken) + len(dearer)
    figures = {"per_month": cap, "taken": count}
    if count < cap:
        told = f"{count} of {cap} notes of the month are taken"
        return Answer("month_is_not_full", lets=True, told=told, figures=figures)
    told = f"the month has its {cap} notes: {', '.join(taken + dearer)}"
    return Answer("month_is_not_full", lets=False, told=told, figures=figures)


def alone_at_home(matter: Matter) -> Answer | None:
    """Tell where a home gets one note together."""
    if not matter.settings.one_per_home or (matter.row is None and matter.note is None):
        return None
    return Answer("alone_at_home", lets=None, told="one note to all of a home, of the same day")


def _become_one(matter: Matter, mine: str, other: str) -> bool:
    """Return whether two occasions make one note: there is a line for the one that gives way."""
    app, customer = matter.asked.app, matter.asked.customer
    gives_way = max(mine, other, key=app.config.tact.order)
    wished = customer.language or app.desk.language
    language = app.desk.wordings.spoken(gives_way, wished)
    return mine != other and can_tell(app.desk, gives_way, language)


def _notes(matter: Matter) -> list[Near]:
    asked = matter.asked
    assert matter.row is not None
    since = matter.row["due_at"] - _A_MONTH
    found = near(asked.session, [asked.customer.id], since, asked.today)
    return [*found[asked.customer.id].values()]


def _month(matter: Matter, at: datetime) -> tuple[int, int]:
    day = local_day(at, matter.asked.app.config.business.timezone)
    return day.year, day.month


def _of(matter: Matter, name: str) -> Any:
    if matter.note is not None:
        return getattr(matter.note, name)
    return matter.row[name] if matter.row is not None else None
