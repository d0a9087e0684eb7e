"""The shop's customers by what they are worth, as a person reads it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from appreciation.app import Appreciation
from appreciation.cli.amounts import Amounts
from appreciation.cli.door import plural, say, show_table
from appreciation.cli.value_shapes import ranked, why_not
from appreciation.dates import day_in_words
from appreciation.value.concentration import concentration, half
from appreciation.value.model import Trust
from appreciation.value.shop import Flag, Part, Row, Shop
from appreciation.value.worth import Forecast, total_range

_BAR = 30


def show(
    shop: Shop,
    everybody: Sequence[Row],
    names: Mapping[int, str],
    guests: Mapping[str, tuple[int, int]],
    app: Appreciation,
    *,
    by: str | None,
    top: int,
) -> None:
    """Print the tables of each currency, the shop's own first."""
    own = app.config.business.currency
    currencies = {row.currency for row in everybody} | set(guests)
    for currency in sorted(currencies, key=lambda each: (each != own, each)):
        rows = [row for row in everybody if row.currency == currency]
        if not any(row.history for row in rows) and currency not in guests:
            continue
        _Table(shop, rows, names, guests.get(currency, (0, 0)), app, currency).show(by, top)
    if not any(row.history for row in everybody):
        if shop.asked.as_of < app.today():
            say(f"nobody had bought by {shop.asked.as_of}")
        else:
            say("nobody has bought yet: appreciation order add CUSTOMER AMOUNT")


class _Table:
    def __init__(
        self,
        shop: Shop,
        rows: Sequence[Row],
        names: Mapping[int, str],
        guests: tuple[int, int],
        app: Appreciation,
        currency: str,
    ) -> None:
        self.shop, self.rows, self.names = shop, rows, names
        self.guests, self.currency = guests, currency
        self.amounts = Amounts(currency, app.config.business.language)
        self.parts = [part for part in shop.parts if part.currency == currency]
        self.bought = [row for row in rows if row.history]

    def show(self, by: str | None, top: int) -> None:
        """Print totals, ranking, who is slipping, who sent others, and where the money is from."""
        self._totals()
        forecasting = any(row.forecast for row in self.rows)
        order = by or ("future" if forecasting else "past")
        slipping = [row for row in self.rows if Flag.SLIPPING in row.flags]
        champions = [row for row in self.rows if row.referred.downstream > 0]
        first = ranked(self.bought, order)[:top]
        if order in {"past", "future"} and first:
            _title(f"The first {len(first)} by {order}")
            self._ranking(first)
        if slipping and order != "referrals":
            _title("Slipping away: thank them before they are lost")
            self._slipping(ranked(slipping, "at-risk")[:top])
        if champions and order != "at-risk":
            _title("Who sent others")
            self._champions(ranked(champions, "referrals")[:top])
        if by == "at-risk" and not slipping:
            say("nobody is slipping away")
        if by == "referrals" and not champions:
            say("nobody has sent anybody who bought")
        if by is None:
            self._concentration()

    def _totals(self) -> None:
        day = self.shop.asked.as_of
        words = day_in_words(day.month, day.day, "en")
        past = sum(row.past_cents for row in self.rows)
        credit = sum(row.referred.credit for row in self.rows)
        terms = self.shop.asked.terms
        print(
            f"As of {words}, {day.year}, in {self.currency}:"
            f" {len(self.bought):,} of {len(self.rows):,} customers bought."
            f" Money is what you earn: {terms.margin:.0%} of what they paid."
        )
        print()
        print(f"  past       {self.amounts.exact(past)}  brought so far, net of refunds")
        print(f"  future     {self._future(terms.years)}")
        shared = "credit: the past once more, shared with who sent them"
        print(f"  referrals  {self.amounts.exact(credit)}  {shared}")
        orders, cents = self.guests
        if orders:
            beside = f"paid in {plural(orders, 'order')}, beside it"
            print(f"  guests     {self.amounts.exact(cents)}  {beside}")
        print()

    def _future(self, years: int) -> str:
        """Return the total to come, as far as it can honestly be told."""
        told = [part for part in self.parts if part.fit.trust is not Trust.NONE]
        untold = [part for part in self.parts if part.fit.trust is Trust.NONE]
        if not told:
            return f"not to be told yet: {_why_not(untold)}"
        total = sum(row.forecast.future_cents for row in self.rows if row.forecast)
        customers = sum(part.fit.customers for part in told)
        spread = total_range(customers)
        left_out = f"; without {_buyers(untold)}: {_why_not(untold)}" if untold else ""
        if spread is None:
            return f"of {customers} customers no total can be told, only an order{left_out}"
        low, high = (self.amounts.about(total * share) for share in spread)
        within = f"in the next {plural(years, 'year')}, worth today{left_out}"
        if all(part.fit.trust is Trust.TOTALS for part in told):
            return (
                f"{self.amounts.about(total)}  {within};"
                f" of 10 shops as large 9 end between {low} and {high}"
            )
        return f"between {low} and {high}  {within}"

    def _ranking(self, rows: Iterable[Row]) -> None:
        show_table(
            (
                "customer",
                "past",
                "future",
                "low to high",
                "credit",
                "still ours",
                "silent",
                "usual",
            ),
            [
                (
                    self.names[row.customer_id],
                    self.amounts.exact(row.past_cents),
                    self.amounts.about(row.forecast and row.forecast.future_cents),
                    row.forecast and self._spread(row.forecast),
                    self.amounts.exact(row.referred.credit),
                    row.forecast and f"{row.forecast.chance_alive:.0%}",
                    row.history and plural(row.history.silent, "day"),
                    row.history and row.history.usual_gap and f"every {row.history.usual_gap}",
                )
                for row in rows
            ],
            "nobody",
        )

    def _spread(self, told: Forecast) -> str:
        return f"{self.amounts.about(told.low_cents)} to {self.amounts.about(told.high_cents)}"

    def _slipping(self, rows: Iterable[Row]) -> None:
        show_table(
            ("customer", "at risk", "still ours", "silent", "usual"),
            [
                (
                    self.names[row.customer_id],
                    self.amounts.about(row.forecast.at_risk_cents),
                    f"{row.forecast.chance_alive:.0%}",
                    plural(row.history.silent, "day"),
                    row.history.usual_gap and f"every {row.history.usual_gap}",
                )
                for row in rows
                if row.forecast and row.history
            ],
            "nobody",
        )

    def _champions(self, rows: Iterable[Row]) -> None:
        show_table(
            ("customer", "own", "those they sent", "all through them", "influence", "credit"),
            [
                (
                    self.names[row.customer_id],
                    self.amounts.exact(row.past_cents),
                    self.amounts.exact(row.referred.direct),
                    self.amounts.exact(row.referred.downstream),
                    self.amounts.exact(row.referred.influence),
                    self.amounts.exact(row.referred.credit),
                )
                for row in rows
            ],
            "nobody",
        )

    def _concentration(self) -> None:
        amounts = [row.past_cents for row in self.bought]
        shares = concentration(amounts)
        if not shares:
            return
        _title(f"Where it comes from: half of it from {plural(half(amounts), 'customer')}")
        for share, many, money in shares:
            bar = "█" * round(money * _BAR)
            first = f"the first {share:.0%}"
            print(f"  {first:<15} {f'({many:,})':>11}  {bar:<{_BAR}} {money:>4.0%}")
        print()


def _title(words: str) -> None:
    print(f"\n{words}\n")


def _buyers(parts: Sequence[Part]) -> str:
    return " and ".join(part.buyers.value for part in parts)


def _why_not(parts: Sequence[Part]) -> str:
    """Return what a forecast still lacks."""
    return " and ".join(why_not(part) for part in parts) or "nobody bought"


def model(fit: Mapping[str, Any]) -> str:
    """Return the fits as text."""
    lines = []
    for each in (fit, *fit["others"]):
        lines.append(
            f"{each['buyers']} who pay in {each['currency']}, as of {each['as_of']}:"
            f" {plural(each['customers'], 'customer')}, {plural(each['repeats'], 'repeat visit')}"
        )
        if each["r"] is None:
            lines.append(f"  no fit: {each['why_not']}")
        else:
            rates = f"r {each['r']:.4f}  alpha {each['alpha']:.4f} weeks"
            losses = f"a {each['a']:.4f}  b {each['b']:.4f}"
            lines += [
                f"  {each['kind']}  {rates}  {losses}",
                f"  log likelihood {each['log_likelihood']:.3f}, prior {each['prior']}",
            ]
        lines.append(f"  good for: {_GOOD_FOR[each['trust']]}")
    return "\n".join(lines)


_GOOD_FOR = {
    "none": "nothing yet; the past, and for how long somebody is silent",
    "rank": "the order of customers, and ranges",
    "totals": "the order of customers, ranges, and the shop's total",
}
