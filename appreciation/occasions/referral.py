"""A thank-you to whoever sent someone to us, without telling what that person did."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, Table, and_, case, cast, func, select
from sqlalchemy.orm import Session

from appreciation.config.occasions import OccasionSettings, ReferralSettings
from appreciation.occasions.base import Facts, considered, falls_on, found, lives_by
from appreciation.store.columns import Rows
from appreciation.store.tables import Base, Customer, Note, Order, Referral


class ReferralOccasion:
    """Found once the referred person is a customer we know or, by setting, has bought."""

    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {"referral": {"name": "Ben Okafor"}}
    variants: ClassVar[Sequence[str]] = ()
    consumes: ClassVar[type[Base] | None] = Referral

    def __init__(self, settings: OccasionSettings) -> None:
        assert isinstance(settings, ReferralSettings)
        self.settings = settings

    def ready(self, through: date) -> ColumnElement[bool]:
        return self._day() <= through

    def occurrences(self, calendar: Table, considered_at: datetime | None) -> Rows:
        return (
            found(
                occurrence=cast(Referral.id, String),
                about=Referral.id.expression,
                known_at=Referral.created_at.expression,
            )
            .join(Referral, Referral.referrer_id == Customer.id)
            .join(calendar, and_(falls_on(calendar, self._day()), lives_by(calendar)))
            .where(considered(Referral.considered_at, considered_at))
        )

    def facts(self, session: Session, notes: Sequence[Note]) -> Mapping[int, Facts]:
        names = dict(
            session.execute(
                select(Referral.id, func.coalesce(Customer.name, Referral.referred_name))
                .join(Customer, Customer.id == Referral.referred_id, isouter=True)
                .where(Referral.id.in_([note.about_id for note in notes]))
            ).all()
        )
        return {
            note.id: Facts(
                {"referral": {"name": names[note.about_id]}},
                why=f"sent {names[note.about_id]} to us",
            )
            for note in notes
            if note.about_id in names
        }

    def _day(self) -> ColumnElement[date | None]:
        """Return the day on which the thank-you falls due; NULL while it is too early."""
        if self.settings.once == "known":
            return Referral.known_on.expression
        bought_on = (
            select(func.min(Order.ordered_on))
            .where(Order.customer_id == Referral.referred_id, Order.total_cents > 0)
            .correlate(Referral)
            .scalar_subquery()
        )
        return case(
            (bought_on > Referral.known_on, bought_on), (bought_on.is_not(None), Referral.known_on)
        )
