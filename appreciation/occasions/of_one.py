"""An occasion asked about one customer only: its own query, never a second one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import Session

from appreciation.occasions.base import Facts, Occasion
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note


class OfOne:
    """The ``occasion`` as it is for the customer of this id.

    Events that were ``considered_at`` a moment are found again as of that
    moment; without one, those that nobody considered yet.
    """

    def __init__(
        self, occasion: Occasion, customer_id: int, considered_at: datetime | None = None
    ) -> None:
        self.occasion = occasion
        self.customer_id = customer_id
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

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        found = self.occasion.occurrences(calendar, self.considered_at or considered_at)
        return found.where(Customer.id == self.customer_id)

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        return self.occasion.facts(session, notes)
