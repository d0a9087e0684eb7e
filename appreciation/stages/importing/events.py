"""What the record of an order, a meeting or a yearly day becomes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from appreciation.sources.base import Kept, Met, Sale, Sent
from appreciation.sources.sales import is_somebody
from appreciation.stages.importing.people import Outcome
from appreciation.stages.importing.referrals import Referrals, id_of, not_taken
from appreciation.stages.importing.report import End
from appreciation.stages.importing.who import NOBODY, Matcher, Role, people_of
from appreciation.stages.importing.writing import Writer
from appreciation.store import arriving
from appreciation.store.arriving import KnownOrder, Numberless
from appreciation.store.tables import Order, SpecialDate

Event = Sale | Sent | Met | Kept


@dataclass
class Events:
    """Takes in what happened, and makes the customers whom nobody knows yet."""

    matcher: Matcher
    writer: Writer
    orders: dict[str, KnownOrder] = field(default_factory=dict)
    numberless: Counter[Numberless] = field(default_factory=Counter)
    # Orders without a number that stood there already and were met in this file.
    met_again: Counter[Numberless] = field(default_factory=Counter)
    met: set[tuple[int, date]] = field(default_factory=set)
    dates: dict[tuple[int, str, str], SpecialDate] = field(default_factory=dict)
    # Of our own export: the new ids of orders that have refunds, by what they were called there.
    rows: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.referrals = Referrals(self.matcher, self.writer)

    def load(self, records: Iterable[Event]) -> None:
        """Look up what is known already of what these records tell."""
        session, events = self.writer.session, list(records)
        numbers = {each.number for each in events if isinstance(each, Sale) and each.number}
        self.orders = arriving.orders_numbered(session, numbers)
        bare = [each for each in events if isinstance(each, Sale) and not each.number]
        self.numberless = arriving.orders_without_number(
            session,
            self._ids(bare),
            {each.on for each in bare if not is_somebody(each.buyer)},
            self.writer.import_id,
        )
        sent = [each for each in events if isinstance(each, Sent)]
        self.referrals.load(sent, self._ids(sent))
        self.met = arriving.days_met(
            session, self._ids(each for each in events if isinstance(each, Met))
        )
        self.dates = arriving.dates_kept(
            session, self._ids(each for each in events if isinstance(each, Kept))
        )

    def take(self, event: Event) -> Outcome:
        """Take in one event."""
        match event:
            case Sale():
                return self._sale(event)
            case Sent():
                return self.referrals.take(event)
            case Met():
                return self._met(event)
            case Kept():
                return self._kept(event)

    def _sale(self, sale: Sale) -> Outcome:
        known = self.orders.get(sale.number) if sale.number else None
        if known is not None:
            return self._sale_again(sale, known)
        if sale.void:
            return End.SAME, f"no order: {sale.void}"
        return self._new_sale(sale)

    def _new_sale(self, sale: Sale) -> Outcome:
        is_guest = not is_somebody(sale.buyer)
        match = NOBODY if is_guest else self.matcher.match(sale.buyer, Role.BUYER)
        if match.look or match.forgotten:
            return not_taken(match)
        customer_id = match.customer_id
        is_known = is_guest or customer_id is not None
        if is_known and not sale.number and self._stands_there(customer_id, sale):
            return End.SAME, None
        if not is_known:
            customer_id = id_of(self.writer, match, sale.buyer)
        self._order(customer_id, sale)
        return End.NEW, "; ".join(filter(None, (*sale.buyer.remarks, sale.quiet))) or None

    def _order(self, customer_id: int | None, sale: Sale) -> None:
        order_id = self.writer.order(customer_id, sale, self.rows.get(sale.refund_of or ""))
        if sale.row:
            self.rows[sale.row] = order_id
        if sale.number:
            self.orders[sale.number] = KnownOrder(
                0, customer_id, sale.cents, sale.currency, sale.on, self.writer.import_id, None
            )
        if sale.refunds:
            self.writer.refunded.add(sale.refunds)

    def _sale_again(self, sale: Sale, known: KnownOrder) -> Outcome:
        """Take in an order whose number stands there: the same one, or one that changed since."""
        cents = 0 if sale.void else sale.cents
        same = (known.cents, known.currency, known.on) == (cents, sale.currency, sale.on)
        if known.import_id == self.writer.import_id:
            return _twice_in_the_file(sale, same=same)
        if same and (known.source in {None, self.matcher.source} or self._is_buyer(sale, known)):
            return End.SAME, sale.void
        if known.source != self.matcher.source or known.currency != sale.currency:
            return End.NEEDS_A_LOOK, f"there is another order {sale.number} already"
        if known.cents == cents:
            return End.SAME, f"order {sale.number} keeps its day, {known.on}"
        self._set_total(str(sale.number), known, cents)
        if sale.void or sale.quiet:
            self.writer.refunded.add(str(sale.number))
        return End.UPDATED, sale.void or sale.quiet

    def _set_total(self, number: str, known: KnownOrder, cents: int) -> None:
        session = self.writer.session
        self.writer.change("orders", known.id, "total_cents", known.cents, cents)
        session.get_one(Order, known.id).total_cents = cents
        session.flush()
        self.orders[number] = known._replace(cents=cents)

    def _is_buyer(self, sale: Sale, known: KnownOrder) -> bool:
        if not is_somebody(sale.buyer):
            return known.customer_id is None
        return self.matcher.match(sale.buyer, Role.BUYER).customer_id == known.customer_id

    def _stands_there(self, customer_id: int | None, sale: Sale) -> bool:
        """Return whether an order without a number is there as often as this file told of it."""
        key = (customer_id, sale.on, sale.cents, sale.currency)
        if self.numberless[key] <= self.met_again[key]:
            return False
        self.met_again[key] += 1
        return True

    def _met(self, met: Met) -> Outcome:
        match = self.matcher.match(met.person, Role.REFERENCE)
        if match.look or match.forgotten:
            return not_taken(match)
        customer_id = id_of(self.writer, match, met.person)
        if (customer_id, met.on) in self.met:
            return End.SAME, None
        self.met.add((customer_id, met.on))
        self.writer.meeting(customer_id, met.on, met.place, seen=met.seen)
        return End.NEW, None

    def _kept(self, kept: Kept) -> Outcome:
        match = self.matcher.match(kept.person, Role.REFERENCE)
        if match.look or match.forgotten:
            return not_taken(match)
        customer_id = id_of(self.writer, match, kept.person)
        key = (customer_id, kept.dated.kind, kept.dated.whose)
        day = kept.dated.day
        if known := self.dates.get(key):
            if (known.month_day, known.year) == (day.month_day, day.year):
                return End.SAME, None
            return End.NEEDS_A_LOOK, f"another {kept.dated.kind} is known"
        self.dates[key] = SpecialDate(month_day=day.month_day, year=day.year)
        self.writer.special_date(*key, day)
        return End.NEW, None

    def _ids(self, events: Iterable[Event]) -> set[int]:
        return {
            each
            for event in events
            for _, person in people_of(event)
            for each in self.matcher.ids_of(person)
        }


def _twice_in_the_file(sale: Sale, *, same: bool) -> Outcome:
    if same:
        return End.SAME, f"order {sale.number} stands twice in the file"
    return End.NEEDS_A_LOOK, f"the file has two orders {sale.number}"
