"""What an import brings, gathered for a batch of rows and written at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from appreciation.dates import LeapDay, YearlyDay
from appreciation.sources.base import Person, Sale
from appreciation.stages.importing.who import Matcher
from appreciation.store import arriving, people
from appreciation.store.carried import CARRIED
from appreciation.store.homes import home_key
from appreciation.store.tables import (
    Base,
    Customer,
    Fact,
    Hold,
    ImportChange,
    LifeEvent,
    Meeting,
    Note,
    Order,
    Origin,
    Referral,
    SpecialDate,
    Suppression,
)

# Customers first: the others point to them.
_IN_ORDER = (
    *(Customer, Origin, SpecialDate, Order, Meeting, Referral, ImportChange),
    *(Fact, Hold, LifeEvent, Suppression, Note),
)


@dataclass
class Writer:
    """Gathers new rows of one import; ``seen_before`` is the day up to which all is history."""

    session: Session
    matcher: Matcher
    import_id: int
    now: datetime
    # Before any look for occasions that is yet to come, one at this very moment too.
    seen_at: datetime
    today: date
    seen_before: date | None
    rows: dict[type[Base], list[dict[str, Any]]] = field(
        default_factory=lambda: {table: [] for table in _IN_ORDER}
    )
    ids: Iterator[int] = field(default_factory=lambda: iter(()))
    new_ids: set[int] = field(default_factory=set)
    # Of these somebody has told before who sent them.
    arrived: set[int] = field(default_factory=set)
    # Orders that were paid back: nobody is to be thanked for them.
    refunded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.awaited = arriving.awaited(self.session)

    def begin(self, at_most: int) -> None:
        """Be ready for a batch that brings ``at_most`` so many customers."""
        self.ids = iter(arriving.reserved(self.session, Customer, at_most))
        self.new_ids.clear()

    def flush(self) -> None:
        """Write what was gathered."""
        for table in _IN_ORDER:
            self._write(table)
        self.new_ids.clear()
        self.matcher.flush()
        if self.refunded:
            paid_back = arriving.orders_numbered(self.session, self.refunded)
            about = [order.id for order in paid_back.values()]
            arriving.skip_notes_about(self.session, "order", about, "refunded", self.seen_at)
            self.refunded.clear()

    def customer(self, person: Person) -> int:
        """Add a customer; return the id."""
        customer_id = next(self.ids)
        self.new_ids.add(customer_id)
        self.rows[Customer].append(
            {
                "id": customer_id,
                "kind": person.kind,
                "name": person.name,
                "call_name": person.call_name,
                "envelope_name": person.envelope_name,
                "formality": person.formality,
                "hand": person.hand,
                "email": person.email,
                "phone": person.phone,
                "address": person.address,
                "home": home_key(person.address) if person.address else None,
                "country": person.country,
                "language": person.language,
                "timezone": person.timezone,
                "about": person.about,
                "email_consent": person.email_consent,
                "post_consent": person.post_consent,
                "opted_out_at": self.now if person.opted_out else None,
                "deceased_at": self.now if person.deceased else None,
                "created_at": self.now,
                "updated_at": self.now,
                "import_id": self.import_id,
            }
        )
        if key := self.matcher.key_of(person):
            self.origin(key, customer_id)
        for each in person.dates:
            is_own = (each.kind, each.whose) == ("birthday", "")
            leap_day = person.leap_day if is_own else None
            self.special_date(customer_id, each.kind, each.whose, each.day, leap_day)
        self.matcher.add(person, customer_id)
        waiting = self.awaited.pop(person.name.casefold(), None) if person.name else None
        if waiting is not None:
            # Something is about to point to them.
            self._write(Customer)
            arriving.arrive(self.session, waiting, customer_id, self.today)
            self.arrived.add(customer_id)
            self.change("referrals", waiting, "referred_id", None, customer_id)
            self.change("referrals", waiting, "known_on", None, self.today.isoformat())
        return customer_id

    def origin(self, key: str, customer_id: int) -> None:
        """Keep what the source calls a customer."""
        self.rows[Origin].append(
            {
                "source": self.matcher.source,
                "key": key,
                "customer_id": customer_id,
                "import_id": self.import_id,
            }
        )

    def special_date(
        self,
        customer_id: int,
        kind: str,
        whose: str,
        day: YearlyDay,
        leap_day: LeapDay | None = None,
    ) -> None:
        """Add a yearly day."""
        self.rows[SpecialDate].append(
            {
                "customer_id": customer_id,
                "kind": kind,
                "whose": whose,
                "month_day": day.month_day,
                "year": day.year,
                "leap_day": leap_day,
                "created_at": self.now,
                "import_id": self.import_id,
            }
        )

    def order(self, customer_id: int | None, sale: Sale, refund_of: int | None = None) -> int:
        """Add an order, or a refund below zero; return its id where other rows will name it."""
        quiet = sale.quiet is not None or sale.cents <= 0 or sale.seen
        row = {
            "customer_id": customer_id,
            "refund_of_id": refund_of,
            "number": sale.number,
            "ordered_on": sale.on,
            "total_cents": sale.cents,
            "currency": sale.currency,
            "items": sale.items,
            "created_at": self.now,
            "considered_at": self.seen_at if quiet else self._seen(sale.on),
            "import_id": self.import_id,
        }
        if sale.row is None:
            self.rows[Order].append(row)
            return 0
        # After those before it, so that they are numbered as they stand in the file.
        self._write(Customer)
        self._write(Order)
        return arriving.added(self.session, Order, row)

    def remember(self, name: str, customer_id: int | None, values: Mapping[str, Any]) -> None:
        """Add a row that is carried as it is."""
        table = CARRIED[name].table
        row = {**values, "import_id": self.import_id}
        if customer_id is not None:
            row["customer_id"] = customer_id
        if table is not Origin:
            row["created_at"] = self.now
        if table is Note:
            row |= dict.fromkeys(("on_time_until", "expires_at", "try_at"), values["due_at"])
        self.rows[table].append(row)
        if table is Fact:
            people.write_anew(self.session, self.session.get_one(Customer, customer_id))

    def meeting(self, customer_id: int, on: date, place: str | None, *, seen: bool = False) -> None:
        """Add a meeting."""
        self.rows[Meeting].append(
            {
                "customer_id": customer_id,
                "met_on": on,
                "place": place,
                "created_at": self.now,
                "considered_at": self.seen_at if seen else self._seen(on),
                "import_id": self.import_id,
            }
        )

    def referral(
        self,
        referrer_id: int,
        referred_id: int | None,
        name: str,
        on: date,
        *,
        known_on: date | None,
        seen: bool = False,
    ) -> None:
        """Add that one customer sent another; ``seen`` where nobody knows when that was."""
        self.rows[Referral].append(
            {
                "referrer_id": referrer_id,
                "referred_id": referred_id,
                "referred_name": name,
                "referred_on": on,
                "known_on": known_on,
                "created_at": self.now,
                "considered_at": self.seen_at if seen else self._seen(on),
                "import_id": self.import_id,
            }
        )

    def change(self, table: str, row_id: int, field: str, before: Any, after: Any) -> None:
        """Keep what a field held before, and what it holds now."""
        self.rows[ImportChange].append(
            {
                "import_id": self.import_id,
                "table": table,
                "row_id": row_id,
                "field": field,
                "before": before,
                "after": after,
            }
        )

    def _write(self, table: type[Base]) -> None:
        arriving.add(self.session, table, self.rows[table])
        self.rows[table] = []

    def _seen(self, on: date) -> datetime | None:
        return self.seen_at if self.seen_before is not None and on < self.seen_before else None
