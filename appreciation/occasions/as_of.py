"""An occasion asked again as it was asked before: its own query, never a second one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import Session

from appreciation.occasions.base import Facts, Occasion
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Note


class AsOf:
    """The ``occasion`` as it found the events that were ``considered_at`` a moment."""

    def __init__(self, occasion: Occasion, considered_at: datetime) -> None:
        self.occasion = occasion
        self.considered_at = considered_at

    @property
    def samples(self) -> Mapping[str, Mapping[str, Any]]:
        return self.occasion.samples

    @property
    def variants(self) -> Sequence[str]:
        return self.occasion.variants

    @property
    def consumes(self) -> type[Base] | None:
        return self.occasion.consumes

    def ready(self, through: date) -> ColumnElement[bool]:
        return self.occasion.ready(through)

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:  # noqa: ARG002
        return self.occasion.occurrences(calendar, self.considered_at)

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        return self.occasion.facts(session, notes)
