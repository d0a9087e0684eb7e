"""A whole shop: what all its customers brought and may bring, each kind by its own figures.

A currency is never converted, and companies are never fitted with people:
their invoices come by the calendar, not by chance.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from appreciation.value.fitting import Prior, fit
from appreciation.value.history import History, Purchase, history, past_cents
from appreciation.value.model import Fit, Kind
from appreciation.value.order_value import UsualOrders, usual_orders
from appreciation.value.referrals import Referrals, Referred, referral_values
from appreciation.value.terms import Terms
from appreciation.value.worth import Forecast, Worth, is_gone, may_slip, worths

# Without an order for three times as long as ever before, and two weeks at least,
# orders have not stopped: nobody records them.
_TIMES_THE_LONGEST, _SHORTEST_PAUSE = 3, 14


class Buyers(StrEnum):
    """Who is fitted together."""

    PEOPLE = "people"
    COMPANIES = "companies"


class Flag(StrEnum):
    """What an owner should know before they read a customer's figures."""

    NO_ORDERS = "no_orders"
    NOTHING_PAID = "nothing_paid"
    ONE_VISIT = "one_visit"
    UNUSUAL_ORDER = "unusual_order"
    NO_FORECAST = "no_forecast"
    SLIPPING = "slipping"
    AS_GOOD_AS_LOST = "as_good_as_lost"
    HAS_DIED = "has_died"


class Bought(NamedTuple):
    """An order or a refund as the store has it: in the shop's own days, cents of the currency."""

    customer_id: int
    currency: str
    day: date
    cents: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a shop: as of which day, by which model, in whose terms.

    ``as_of`` is the last day whose orders are complete.
    """

    as_of: date
    kind: Kind = Kind.MBG
    prior: Prior = Prior.WEAK
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class People:
    """What counts of customers beside their orders: ids.

    ``sent`` are (referrer, referred) in the order in which they were recorded.
    ``everybody`` is shown although they never bought.
    """

    companies: Collection[int] = ()
    deceased: Collection[int] = ()
    sent: Sequence[tuple[int, int]] = ()
    everybody: Iterable[int] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The customers of one currency and one kind of buyer; each part has a fit of its own."""

    currency: str
    buyers: Buyers
    fit: Fit
    usual: UsualOrders
    histories: Mapping[int, History]
    worths: Mapping[int, Worth]


class Row(NamedTuple):
    """One customer in one currency; ``history`` and ``worth`` only of who came and paid.

    ``past_cents`` are earned: net of refunds, times the margin.
    """

    customer_id: int
    currency: str
    past_cents: int
    referred: Referred
    history: History | None
    worth: Worth | None
    part: Part | None
    flags: tuple[Flag, ...]

    @property
    def forecast(self) -> Forecast | None:
        """What the customer may bring, where that can be told."""
        return self.worth and self.worth.forecast


@dataclass(frozen=True, slots=True)
class Shop:
    """What a shop's customers are worth: every part, every customer, every referral."""

    asked: Question
    parts: Sequence[Part]
    rows: Sequence[Row]
    referrals: Mapping[str, Referrals]

    def of(self, currency: str) -> Sequence[Row]:
        """Return the customers' rows in one currency."""
        return [row for row in self.rows if row.currency == currency]


def value_shop(bought: Iterable[Bought], people: People, asked: Question, currency: str) -> Shop:
    """Return what everybody is worth.

    ``bought`` comes by customer and currency, each together. Who bought
    nothing is shown in the shop's own ``currency``.
    """
    past: dict[str, dict[int, int]] = {currency: {}}
    found: dict[tuple[str, Buyers], dict[int, History]] = {}
    companies = frozenset(people.companies)
    for (customer_id, paid_in), purchases in _by_customer(bought):
        net = past_cents(purchases, asked.as_of)
        past.setdefault(paid_in, {})[customer_id] = round(net * asked.terms.margin)
        if known := history(purchases, asked.as_of):
            buyers = Buyers.COMPANIES if customer_id in companies else Buyers.PEOPLE
            found.setdefault((paid_in, buyers), {})[customer_id] = known
    parts = [_part(*key, histories, asked) for key, histories in sorted(found.items())]
    referrals = {each: _credited(own, people.sent, asked.terms) for each, own in past.items()}
    rows = [
        row
        for each, own in past.items()
        for row in _rows(each, own, parts, referrals[each], frozenset(people.deceased))
    ]
    shown = {row.customer_id for row in rows}
    nothing = Referred(0, 0, 0, 0, 0)
    rows += [
        Row(each, currency, 0, nothing, None, None, None, (Flag.NO_ORDERS,))
        for each in people.everybody
        if each not in shown
    ]
    return Shop(asked, parts, rows, referrals)


def _by_customer(
    bought: Iterable[Bought],
) -> Iterator[tuple[tuple[int, str], list[Purchase]]]:
    for key, orders in groupby(bought, key=itemgetter(0, 1)):
        yield key, [Purchase(day, cents) for _, _, day, cents in orders]


def _part(currency: str, buyers: Buyers, histories: dict[int, History], asked: Question) -> Part:
    fitted = fit((one.rhythm for one in histories.values()), asked.kind, asked.prior)
    usual = usual_orders(histories.values())
    found = worths(histories, fitted, usual, asked.terms)
    return Part(currency, buyers, fitted, usual, histories, found)


def _credited(own: Mapping[int, int], sent: Sequence[tuple[int, int]], terms: Terms) -> Referrals:
    """Return what those brought who sent or were sent; the others' credit is their own."""
    involved = {one for edge in sent for one in edge}
    return referral_values(
        {one: own.get(one, 0) for one in involved},
        sent,
        decay=terms.decay,
        passed_up=terms.passed_up,
        anyway=terms.anyway,
    )


def _rows(
    currency: str,
    own: Mapping[int, int],
    parts: Iterable[Part],
    referrals: Referrals,
    deceased: Collection[int],
) -> Iterator[Row]:
    part_of = {who: part for part in parts if part.currency == currency for who in part.histories}
    brought = (who for who, each in referrals.people.items() if who not in own and any(each))
    for who in (*own, *brought):
        past = own.get(who)
        part = part_of.get(who)
        known = part.histories[who] if part else None
        worth = part.worths[who] if part else None
        if worth and who in deceased:
            # The dead have a past, and no future.
            worth = worth._replace(forecast=None, if_they_stay_cents=None)
        flags = tuple(_flags(past, known, worth, died=who in deceased))
        past = past or 0
        referred = referrals.people.get(who) or Referred(past, 0, 0, 0, past)
        yield Row(who, currency, past, referred, known, worth, part, flags)


def _flags(
    past: int | None, known: History | None, worth: Worth | None, *, died: bool
) -> Iterator[Flag]:
    if died:
        yield Flag.HAS_DIED
    if known is None or worth is None:
        yield Flag.NO_ORDERS if past is None else Flag.NOTHING_PAID
        return
    if known.visits == 1:
        yield Flag.ONE_VISIT
    if worth.unusual_cents:
        yield Flag.UNUSUAL_ORDER
    if worth.forecast is None:
        if not died:
            yield Flag.NO_FORECAST
    elif may_slip(worth.forecast):
        yield Flag.SLIPPING
    elif is_gone(worth.forecast):
        yield Flag.AS_GOOD_AS_LOST


def complete_until(order_days: Iterable[date], today: date) -> date:
    """Return up to which day orders can be taken for complete: ``today``, or the last one's day.

    ``order_days`` are those up to today. Where the shop sees no order for
    much longer than ever before, they are not there yet: with today, everybody
    would look lost.
    """
    days = sorted(set(order_days))
    if not days:
        return today
    longest = max(((after - before).days for before, after in pairwise(days)), default=0)
    pause = max(_TIMES_THE_LONGEST * longest, _SHORTEST_PAUSE)
    return today if (today - days[-1]).days <= pause else days[-1]
