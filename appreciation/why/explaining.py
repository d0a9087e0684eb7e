"""The rules asked one after another."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from appreciation.app import Appreciation
from appreciation.stages.finding import Finder
from appreciation.store.tables import Customer
from appreciation.why.answers import Answer, Day, Explained
from appreciation.why.asking import Asked, Matter, matters, next_day
from appreciation.why.customer_rules import CUSTOMER_RULES
from appreciation.why.occasion_rules import OCCASION_RULES
from appreciation.why.verdicts import verdict

# A yearly day comes within it, also 29 February where that is kept.
_A_YEAR = timedelta(days=366)


def why(
    app: Appreciation, session: Session, customer: Customer, on: date | None = None
) -> list[Day]:
    """Return why ``customer`` gets a note on ``on``, or none, rule by rule.

    Without a day: today, then the next day of each occasion with that one
    alone. Nothing is written. A day to come is calculated by what finding
    itself asks; of a past one, what was recorded tells, and what has been
    changed since is not known any more.
    """
    now = app.clock()
    today = app.today(now)
    if on is not None:
        return [_day(Asked(app, session, customer, on, now), app.finders)]
    asked = Asked(app, session, customer, today, now)
    days = [_day(asked, app.finders)]
    coming: dict[date, list[Finder]] = {}
    for finder in app.finders:
        if finder.settings.enabled and (day := next_day(asked, finder, _A_YEAR)) is not None:
            coming.setdefault(day, []).append(finder)
    return days + [
        _day(Asked(app, session, customer, day, now), coming[day], of_it_only=True)
        for day in sorted(coming)
    ]


def _day(asked: Asked, finders: Sequence[Finder], *, of_it_only: bool = False) -> Day:
    ahead = timedelta(0) if asked.is_past or of_it_only else _A_YEAR
    found = [matter for finder in finders for matter in matters(asked, finder, ahead)]
    if of_it_only:
        found = [matter for matter in found if matter.next is None]
    return Day(
        on=asked.on,
        tense=asked.tense,
        customer=[answer for rule in CUSTOMER_RULES if (answer := rule(asked)) is not None],
        occasions=[_explained(matter) for matter in found],
    )


def _explained(matter: Matter) -> Explained:
    answers = _answers(matter)
    note, row = matter.note, matter.row or {}
    return Explained(
        occasion=matter.finder.name,
        about=matter.about,
        occurrence=note.occurrence if note else row.get("occurrence"),
        due_at=note.due_at if note else row.get("due_at"),
        note_id=note.id if note else None,
        state=note.state.value if note else None,
        answers=answers,
        verdict=verdict(matter, answers),
    )


def _answers(matter: Matter) -> list[Answer]:
    """Return what the rules say; where nothing falls on the day, up to the first that says no."""
    answers = []
    for rule in OCCASION_RULES:
        answer = rule(matter)
        if answer is None:
            continue
        answers.append(answer)
        if answer.lets is False and matter.note is None and matter.row is None:
            break
    return answers
