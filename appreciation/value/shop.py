"""A whole shop: what all its customers brought and may bring, each kind by its own figures.

A currency is never converted, and companies are never fitted with people:
their invoices come by the calendar, not by chance.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from appreciation.value.fitting import Prior, fit
from appreciation.value.history import History, history, past_cents
from appreciation.value.model import Fit, Kind
from appreciation.value.order_value import usual_orders
from appreciation.value.packed import ById
from appreciation.value.referrals import Referrals, Referred, referral_values
from appreciation.value.terms import Terms
from appreciation.value.worth import Forecast, Outlook, Worth, is_gone, may_slip, outlook

# Without an order for five times as long as is usual, and two weeks at least, orders
# have hardly stopped: they are not recorded yet.
_TIMES_THE_USUAL, _SHORTEST_PAUSE = 5, 14


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
    histories: ById[History]
    outlook: Outlook

    @property
    def fit(self) -> Fit:
        """The model of these customers' buying."""
        return self.outlook.fit

    @property
    def known_days(self) -> float:
        """For how long the first of these customers is known."""
        return max((one.rhythm.known for one in self.histories.column()), default=0)


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
    """What a shop's customers are worth; ``currency`` is its own.

    ``unpaid`` has, by currency, what those brought who never came and paid:
    nothing, or less where more went back than came in.
    """

    asked: Question
    currency: str
    people: People
    parts: Sequence[Part]
    unpaid: Mapping[str, Mapping[int, int]]
    referrals: Mapping[str, Referrals]

    def rows(self) -> Iterator[Row]:
        """Yield a row for each customer and currency, made anew: a million take a gigabyte."""
        for currency, unpaid in self.unpaid.items():
            for part in self._parts(currency):
                yield from (self._bought(part, *each) for each in part.histories.in_pairs())
            for who, cents in unpaid.items():
                yield self._row(who, currency, round(cents * self.asked.terms.margin), paid=True)
            yield from (self._row(who, currency, 0) for who in self._brought(currency))
        for who in self.people.everybody:
            if not any(self._is_shown(who, currency) for currency in self.unpaid):
                yield self._row(who, self.currency, 0)

    def _parts(self, currency: str) -> Iterator[Part]:
        return (part for part in self.parts if part.currency == currency)

    def _has_ordered(self, who: int, currency: str) -> bool:
        """Return whether somebody has an order in ``currency``."""
        bought = any(who in part.histories for part in self._parts(currency))
        return bought or who in self.unpaid[currency]

    def _brought(self, currency: str) -> Iterator[int]:
        """Yield who has no order in ``currency`` and brought something through others."""
        for who in (people := self.referrals[currency].people):
            if not self._has_ordered(who, currency) and any(people[who]):
                yield who

    def _is_shown(self, who: int, currency: str) -> bool:
        if self._has_ordered(who, currency):
            return True
        brought = self.referrals[currency].people.get(who)
        return brought is not None and any(brought)

    def _bought(self, part: Part, who: int, history: History) -> Row:
        worth = part.outlook.worth(history)
        died = who in self.people.deceased
        if died:
            # The dead have a past, and no future.
            worth = worth._replace(forecast=None, if_they_stay_cents=None)
        flags = tuple(_flags(history, worth, died=died))
        past = worth.past_cents
        referred = self._referred(who, part.currency, past)
        return Row(who, part.currency, past, referred, history, worth, part, flags)

    def _row(self, who: int, currency: str, past: int, *, paid: bool = False) -> Row:
        """Return the row of somebody who never came and paid."""
        why = Flag.NOTHING_PAID if paid else Flag.NO_ORDERS
        flags = (Flag.HAS_DIED, why) if who in self.people.deceased else (why,)
        referred = self._referred(who, currency, past)
        return Row(who, currency, past, referred, None, None, None, flags)

    def _referred(self, who: int, currency: str, past: int) -> Referred:
        return self.referrals[currency].people.get(who) or Referred(past, 0, 0, 0, past)


def value_shop(
    bought: Iterable[tuple[int, str, date, int]], people: People, asked: Question, currency: str
) -> Shop:
    """Return what everybody is worth.

    ``bought``, as :class:`Bought` names it, comes by customer, their ids
    rising, and within by currency. Who bought nothing is shown in the shop's
    own ``currency``.
    """
    found: dict[tuple[str, Buyers], ById[History]] = {}
    unpaid: dict[str, dict[int, int]] = {currency: {}}
    companies = frozenset(people.companies)
    for (customer_id, paid_in), purchases in _by_customer(bought):
        nothing = unpaid.setdefault(paid_in, {})
        if known := history(purchases, asked.as_of):
            buyers = Buyers.COMPANIES if customer_id in companies else Buyers.PEOPLE
            if (paid_in, buyers) not in found:
                found[paid_in, buyers] = ById()
            found[paid_in, buyers].append(customer_id, known)
        else:
            nothing[customer_id] = past_cents(purchases, asked.as_of)
    parts = [_part(*key, histories, asked) for key, histories in sorted(found.items())]
    referrals = {each: _credited(each, parts, unpaid[each], people, asked) for each in unpaid}
    return Shop(asked, currency, people, parts, unpaid, referrals)


def _by_customer(
    bought: Iterable[tuple[int, str, date, int]],
) -> Iterator[tuple[tuple[int, str], list[tuple[date, int]]]]:
    last, purchases = None, list[tuple[date, int]]()
    for customer_id, currency, day, cents in bought:
        key = customer_id, currency
        if key != last:
            if last is not None:
                yield last, purchases
            last, purchases = key, []
        purchases.append((day, cents))
    if last is not None:
        yield last, purchases


def _part(currency: str, buyers: Buyers, histories: ById[History], asked: Question) -> Part:
    each = histories.column()
    fitted = fit((one.rhythm for one in each), asked.kind, asked.prior)
    usual = usual_orders(each)
    return Part(currency, buyers, histories, outlook(each, fitted, usual, asked.terms))


def _credited(
    currency: str,
    parts: Iterable[Part],
    unpaid: Mapping[int, int],
    people: People,
    asked: Question,
) -> Referrals:
    """Return what those brought who sent or were sent; the others' credit is their own."""
    terms = asked.terms
    own = dict.fromkeys((one for edge in people.sent for one in edge), 0)
    for who in own:
        histories = (part.histories for part in parts if part.currency == currency)
        known = next((each[who] for each in histories if who in each), None)
        own[who] = round((known.cents if known else unpaid.get(who, 0)) * terms.margin)
    return referral_values(
        own, people.sent, decay=terms.decay, passed_up=terms.passed_up, anyway=terms.anyway
    )


def _flags(known: History, worth: Worth, *, died: bool) -> Iterator[Flag]:
    if died:
        yield Flag.HAS_DIED
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
    much longer than is usual between two of its days, they are not there yet:
    with today, everybody would look lost.
    """
    days = sorted(set(order_days))
    if not days:
        return today
    gaps = sorted((after - before).days for before, after in pairwise(days))
    usual = gaps[len(gaps) // 2] if gaps else 0
    pause = max(_TIMES_THE_USUAL * usual, _SHORTEST_PAUSE)
    return today if (today - days[-1]).days <= pause else days[-1]
