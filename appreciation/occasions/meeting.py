"""Nice to meet you, and at a later meeting: thank you for your time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, case, cast, exists, or_, select
from sqlalchemy.orm import Session, aliased

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import day_in_words
from appreciation.occasions.base import Facts, considered, falls_on, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Meeting, Note


class MeetingOccasion:
    """Found once for each meeting."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "meeting": {"where": "the spring fair", "day": "3 November"}
    }
    variants: ClassVar[Sequence[str]] = ("first", "later")
    consumes: ClassVar[type[Base] | None] = Meeting

    def __init__(self, settings: OccasionSettings) -> None:
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:
        return Meeting.met_on <= through

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        return (
            found(
                occurrence=cast(Meeting.id, String),
                about=Meeting.id.expression,
                known_at=Meeting.created_at.expression,
                variant=case((_have_met_before(), "later"), else_="first"),
            )
            .join(Meeting, Meeting.customer_id == Customer.id)
            .join(calendar, and_(falls_on(calendar, Meeting.met_on), lives_by(calendar)))
            .where(considered(Meeting.considered_at, considered_at))
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        ids = [note.about_id for note in notes]
        meetings = {
            meeting.id: meeting
            for meeting in session.scalars(select(Meeting).where(Meeting.id.in_(ids)))
        }
        return {
            note.id: _facts(meetings[note.about_id], note)
            for note in notes
            if note.about_id in meetings
        }


def _have_met_before() -> ColumnElement[bool]:
    earlier = aliased(Meeting)
    return exists().where(
        earlier.customer_id == Meeting.customer_id,
        or_(
            earlier.met_on < Meeting.met_on,
            and_(earlier.met_on == Meeting.met_on, earlier.id < Meeting.id),
        ),
    )


def _facts(meeting: Meeting, note: Note) -> Facts:
    day = day_in_words(meeting.met_on.month, meeting.met_on.day, note.language or "en")
    at_place = f" ({meeting.place})" if meeting.place else ""
    which = "first met" if note.variant == "first" else "met again"
    return Facts(
        {"meeting": {"where": meeting.place, "day": day}}, why=f"{which} on {day}{at_place}"
    )
