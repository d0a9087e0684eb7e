"""What one customer is worth, with the arithmetic behind each figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from appreciation.app import Appreciation
from appreciation.cli.amounts import Amounts
from appreciation.cli.door import plural
from appreciation.cli.value_shapes import row_shape, why_not
from appreciation.dates import day_in_words
from appreciation.store.tables import LifeEvent
from appreciation.value.history import History
from appreciation.value.life_events import LifeEvent as Expected
from appreciation.value.life_events import what_if_cents
from appreciation.value.order_value import SHRINK
from appreciation.value.shop import Flag, Row, Shop
from appreciation.value.worth import Forecast

# So many of those whom a customer sent are named.
_NAMED = 4


def shape(
    rows: Sequence[Row], names: Mapping[int, str], events: Sequence[LifeEvent], shop: Shop
) -> dict[str, Any]:
    """Return the customer's worth as JSON, in further currencies under ``others``."""
    shapes = [row_shape(row, names[row.customer_id]) for row in rows]
    first = rows[0]
    told, known = first.forecast, first.history
    return {
        **shapes[0],
        "as_of": str(shop.asked.as_of),
        "paid": known.cents if known else 0,
        "margin": shop.asked.terms.margin,
        "years": shop.asked.terms.years,
        "expected_orders": told and round(told.orders, 2),
        "order_value": told and round(told.order_cents),
        "unusual_orders": list(first.worth.unusual_cents) if first.worth else [],
        "life_events": [event_shape(event) for event in events],
        "what_if": 0 if Flag.HAS_DIED in first.flags else what_if(events, first.currency, shop),
        "others": shapes[1:],
    }


def event_shape(event: LifeEvent) -> dict[str, Any]:
    """Return what an owner expects of a customer's life as JSON; ``cents`` of each time."""
    return {
        "id": event.id,
        "customer_id": event.customer_id,
        "customer": event.customer.name,
        "name": event.name,
        "year": event.year,
        "cents": event.cents,
        "currency": event.currency,
        "times": event.times,
        "chance": event.percent / 100,
    }


def what_if(events: Iterable[LifeEvent], currency: str, shop: Shop) -> int:
    """Return what the events in ``currency`` would earn, worth today, in minor units."""
    expected = [
        Expected(event.name, event.year, event.cents, event.times, event.percent / 100)
        for event in events
        if event.currency == currency
    ]
    return what_if_cents(expected, shop.asked.as_of, shop.asked.terms)


def page(
    rows: Sequence[Row],
    names: Mapping[int, str],
    events: Sequence[LifeEvent],
    shop: Shop,
    app: Appreciation,
) -> str:
    """Return the customer's page as text: a section for each currency."""
    day = shop.asked.as_of
    lines = [
        f"{names[rows[0].customer_id]}, as of {day_in_words(day.month, day.day, 'en')}, {day.year}"
    ]
    for row in rows:
        of_it = [event for event in events if event.currency == row.currency]
        lines += ["", *_Page(row, names, of_it, shop, app).lines()]
    others = [event for event in events if event.currency not in {row.currency for row in rows}]
    lines += [f"  not counted, in {event.currency}: {event.name}" for event in others]
    return "\n".join(lines)


class _Page:
    def __init__(
        self,
        row: Row,
        names: Mapping[int, str],
        events: Sequence[LifeEvent],
        shop: Shop,
        app: Appreciation,
    ) -> None:
        self.row, self.names, self.events, self.shop = row, names, events, shop
        self.terms = shop.asked.terms
        self.amounts = Amounts(row.currency, app.config.business.language)

    def lines(self) -> Iterator[str]:
        known, told = self.row.history, self.row.forecast
        yield from self._past(known)
        if told is not None and known is not None:
            yield from self._future(known, told)
        else:
            yield f"future        {self._no_future()}"
        if known is not None:
            yield from self._rhythm(known, told)
        if told is not None:
            yield from self._at_risk(told)
        yield from self._referrals()
        if Flag.HAS_DIED not in self.row.flags:
            yield from self._what_if()

    def _past(self, known: History | None) -> Iterator[str]:
        exact = self.amounts.exact
        if known is None:
            nothing_left = Flag.NOTHING_PAID in self.row.flags
            why = "nothing paid, or all of it went back" if nothing_left else "no order yet"
            yield f"past          {exact(self.row.past_cents)}: {why}"
            return
        paid, back = sum(known.visit_cents), -sum(known.refund_cents)
        refunds = f", less {exact(back)} given back" if back else ""
        yield (
            f"past          {exact(self.row.past_cents)} earned: {exact(paid)} paid in"
            f" {plural(known.orders, 'order')} on {plural(known.visits, 'day')}{refunds},"
            f" times a margin of {self.terms.margin:.0%}"
        )

    def _future(self, known: History, told: Forecast) -> Iterator[str]:
        about, terms = self.amounts.about, self.terms
        yield (
            f"future        {about(told.future_cents)} in {plural(terms.years, 'year')};"
            f" of 10 such customers 8 bring {about(told.low_cents)} to {about(told.high_cents)}"
        )
        yield (
            f"              {told.orders:.1f} more visits x {self.amounts.exact(told.order_cents)}"
            f" x {terms.margin:.0%} = {about(told.orders * told.order_cents * terms.margin)};"
            f" {about(told.future_cents)} of it today, as {terms.discount:.0%} a year is lost by"
            " waiting"
        )
        yield from self._of_a_visit(known, told)
        if self.row.worth and self.row.worth.if_they_stay_cents is not None:
            yield (
                f"              at the pace so far {about(self.row.worth.if_they_stay_cents)},"
                " if they surely stayed: no forecast"
            )

    def _of_a_visit(self, known: History, told: Forecast) -> Iterator[str]:
        assert self.row.part
        assert self.row.worth
        exact, usual = self.amounts.exact, self.row.part.outlook.usual
        spent = told.order_cents * (known.visits + SHRINK) - usual.mean * SHRINK
        yield (
            f"              a visit brings ({exact(spent)} + {SHRINK} x the shop's"
            f" {exact(usual.mean)}) / ({known.visits} + {SHRINK})"
        )
        for cents in self.row.worth.unusual_cents:
            yield (
                f"              {exact(cents)} on one day is unusual: of it"
                f" {exact(usual.limit)} counts for the pace"
            )

    def _no_future(self) -> str:
        if Flag.HAS_DIED in self.row.flags:
            return "none: they have died"
        if self.row.part is None:
            return "not to be told of somebody of whom no payment is left"
        return f"not to be told yet: in the shop {why_not(self.row.part)}"

    def _rhythm(self, known: History, told: Forecast | None) -> Iterator[str]:
        usual = f"every {plural(known.usual_gap, 'day')}" if known.usual_gap else "one visit so far"
        ours = f"; {told.chance_alive:.0%} likely to be still yours" if told else ""
        yield f"rhythm        {usual}, now silent for {plural(known.silent, 'day')}{ours}"

    def _at_risk(self, told: Forecast) -> Iterator[str]:
        exact = self.amounts.exact
        yield (
            f"at risk       {exact(told.at_risk_cents)}:"
            f" {exact(told.future_cents + told.at_risk_cents)} if they were surely still yours,"
            f" less the future of {exact(told.future_cents)}"
        )

    def _referrals(self) -> Iterator[str]:
        referred, exact = self.row.referred, self.amounts.exact
        referrer_of = self.shop.referrals[self.row.currency].referrer_of
        sent = [who for who, by in referrer_of.items() if by == self.row.customer_id]
        sender = referrer_of.get(self.row.customer_id)
        if not sent and sender is None:
            yield "referrals     sent nobody yet"
            return
        if sender is not None:
            yield f"referrals     sent by {self.names[sender]}"
        if sent:
            those = ", ".join(self.names[who] for who in sent[:_NAMED])
            more = f" and {len(sent) - _NAMED} more" if len(sent) > _NAMED else ""
            yield (
                f"referrals     sent {those}{more}, who earned you {exact(referred.direct)};"
                f" with whom those sent, {exact(referred.downstream)}"
            )
        moved = referred.credit - self.row.past_cents
        way = "that came up from those they sent" if moved >= 0 else "that went up to who sent them"
        yield (
            f"              credit {exact(referred.credit)}: the {exact(self.row.past_cents)} above"
            f" {'and' if moved >= 0 else 'less'} {exact(abs(moved))} {way},"
            f" {self.terms.passed_up:.0%} each step"
        )

    def _what_if(self) -> Iterator[str]:
        for event in self.events:
            times = f"{event.times} x " if event.times > 1 else ""
            yield (
                f"what if       {event.name} {event.year}: {times}{self.amounts.exact(event.cents)}"
                f" x {event.percent}% x {self.terms.margin:.0%}"
            )
        if self.events:
            found = what_if(self.events, self.row.currency, self.shop)
            worth_today = f"{self.amounts.about(found)} earned, worth today"
            yield f"              {worth_today}: your guess, no forecast"
