"""What one customer is worth, with the arithmetic behind each figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from appreciation.app import Appreciation
from appreciation.cli.door import plural
from appreciation.cli.value_shapes import row_shape
from appreciation.dates import day_in_words
from appreciation.money import format_money
from appreciation.store.tables import LifeEvent
from appreciation.value.history import History
from appreciation.value.life_events import LifeEvent as Expected
from appreciation.value.life_events import what_if_cents
from appreciation.value.order_value import SHRINK
from appreciation.value.shop import Flag, Row, Shop
from appreciation.value.worth import Forecast


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
        "what_if": what_if(events, first.currency, shop),
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
        lines += ["", *_Page(row, of_it, shop, app).lines()]
    others = [event for event in events if event.currency not in {row.currency for row in rows}]
    lines += [f"  not counted, in {event.currency}: {event.name}" for event in others]
    return "\n".join(lines)


class _Page:
    def __init__(
        self, row: Row, events: Sequence[LifeEvent], shop: Shop, app: Appreciation
    ) -> None:
        self.row, self.events, self.shop, self.app = row, events, shop, app
        self.terms = shop.asked.terms

    def lines(self) -> Iterator[str]:
        row, known, told = self.row, self.row.history, self.row.forecast
        yield from self._past(known)
        if told is not None and known is not None:
            yield from self._future(known, told)
        else:
            yield f"future        {self._no_future()}"
        if row.worth and row.worth.if_they_stay_cents is not None:
            yield (
                f"if they stay  {self._about(row.worth.if_they_stay_cents)}"
                f" at the pace so far for all {self.terms.years} years: no forecast"
            )
        if known is not None:
            yield from self._rhythm(known, told)
        if told is not None:
            yield (
                f"at risk       {self._about(told.at_risk_cents)}: {self._about(told.future_cents)}"
                f" / {told.chance_alive:.0%} x {1 - told.chance_alive:.0%}: the future if they were"
                " surely still yours, by the chance that they are not"
            )
        yield from self._referrals()
        yield from self._what_if()

    def _money(self, cents: float) -> str:
        return format_money(round(cents), self.row.currency, self.app.config.business.language)

    def _about(self, cents: float) -> str:
        """Return what is likely as what it is: no cents."""
        language = self.app.config.business.language
        return format_money(round(cents), self.row.currency, language, whole=True)

    def _past(self, known: History | None) -> Iterator[str]:
        if known is None:
            why = (
                "they paid, and it all went back"
                if Flag.NOTHING_PAID in self.row.flags
                else "no order yet"
            )
            yield f"past          {self._money(self.row.past_cents)}: {why}"
            return
        paid, back = sum(known.visit_cents), -sum(known.refund_cents)
        refunds = f", less {self._money(back)} given back" if back else ""
        yield (
            f"past          {self._money(self.row.past_cents)} earned: {self._money(paid)} paid in"
            f" {plural(known.orders, 'order')} on {plural(known.visits, 'day')}{refunds},"
            f" times a margin of {self.terms.margin:.0%}"
        )

    def _future(self, known: History, told: Forecast) -> Iterator[str]:
        years, margin, discount = self.terms.years, self.terms.margin, self.terms.discount
        yield (
            f"future        {self._about(told.future_cents)} in {years} years; of 10 such customers"
            f" 8 bring {self._about(told.low_cents)} to {self._about(told.high_cents)}"
        )
        later = self._about(told.orders * told.order_cents * margin)
        yield (
            f"              {told.orders:.1f} more visits x {self._money(told.order_cents)}"
            f" x {margin:.0%} = {later}; today it is worth less, {discount:.0%} a year"
        )
        mean = self._shop_mean()
        spent = told.order_cents * (known.visits + SHRINK) - mean * SHRINK
        yield (
            f"              a visit brings ({self._money(spent)} + {SHRINK} x the shop's"
            f" {self._money(mean)}) / ({known.visits} + {SHRINK})"
        )
        assert self.row.worth
        for cents in self.row.worth.unusual_cents:
            unusual = f"{self._money(cents)} on one day is unusual"
            yield f"              {unusual}: it counts in the past, not in the pace"

    def _shop_mean(self) -> float:
        assert self.row.part
        return self.row.part.outlook.usual.mean

    def _no_future(self) -> str:
        if Flag.HAS_DIED in self.row.flags:
            return "none: they have died"
        if self.row.history is None:
            return "not to be told of somebody who has not bought"
        return "not to be told yet: it takes 8 weeks of orders and 10 repeat visits in the shop"

    def _rhythm(self, known: History, told: Forecast | None) -> Iterator[str]:
        usual = f"every {plural(known.usual_gap, 'day')}" if known.usual_gap else "one visit so far"
        ours = f"; {told.chance_alive:.0%} likely to be still yours" if told else ""
        yield f"rhythm        {usual}, now silent for {plural(known.silent, 'day')}{ours}"

    def _referrals(self) -> Iterator[str]:
        referred = self.row.referred
        if not referred.downstream and referred.credit == self.row.past_cents:
            yield "referrals     nobody yet"
            return
        yield (
            f"referrals     those they sent earned you {self._money(referred.direct)};"
            f" with whom those sent, {self._money(referred.downstream)}"
        )
        yield (
            f"              credit {self._money(referred.credit)}: of what each customer earned"
            f" you {self.terms.passed_up:.0%} goes up to whoever sent them"
        )

    def _what_if(self) -> Iterator[str]:
        for event in self.events:
            times = f"{event.times} x " if event.times > 1 else ""
            yield (
                f"what if       {event.name} {event.year}: {times}{self._money(event.cents)}"
                f" x {event.percent}% x {self.terms.margin:.0%}"
            )
        if self.events:
            found = what_if(self.events, self.row.currency, self.shop)
            yield f"              {self._about(found)} earned, worth today: your guess, no forecast"
