"""A picture of the shop: where its money comes from, who drives it, who is slipping away."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from appreciation.app import Appreciation
from appreciation.cli.amounts import Amounts
from appreciation.cli.door import plural
from appreciation.cli.value_shapes import ranked
from appreciation.dates import day_in_words
from appreciation.printing.charts import Bar, Page, Panel
from appreciation.printing.charts import draw as draw_page
from appreciation.value.concentration import concentration, half
from appreciation.value.shop import Flag, Row, Shop

_NAMED = 10


def draw(
    shop: Shop, everybody: Sequence[Row], names: Mapping[int, str], app: Appreciation, file: Path
) -> None:
    """Draw the shop's customers, of its main currency, into ``file``.

    Raises:
        AppreciationError: the file's name is no picture's, or it cannot be written.
    """
    business = app.config.business
    currency = _main_currency(everybody, business.currency)
    rows = [row for row in everybody if row.currency == currency]
    bought = [row for row in rows if row.history]
    money = Amounts(currency, business.language).about

    def named(
        rows: Iterable[Row], parts: Callable[[Row], Sequence[float]], says: Says
    ) -> list[Bar]:
        return [Bar(names[row.customer_id], parts(row), says(row)) for row in rows]

    panels = [_where_from(bought), _drivers(bought, named, money)]
    slipping = ranked((row for row in rows if Flag.SLIPPING in row.flags), "at-risk")[:_NAMED]
    if slipping:
        panels.append(
            Panel(
                "Slipping away",
                "What is at risk: what they would bring, by the chance that they are lost.",
                named(slipping, lambda row: (_at_risk(row),), lambda row: _silent(row, money)),
            )
        )
    champions = ranked((row for row in rows if row.referred.downstream > 0), "referrals")[:_NAMED]
    if champions:
        panels.append(
            Panel(
                "Who sent others",
                "What those they sent earned you, and those whom these sent.",
                named(
                    champions,
                    lambda row: (
                        max(min(row.referred.direct, row.referred.downstream), 0),
                        max(row.referred.downstream - max(row.referred.direct, 0), 0),
                    ),
                    lambda row: money(row.referred.downstream),
                ),
                ("sent by them", "through these"),
            )
        )
    day, margin = shop.asked.as_of, shop.asked.terms.margin
    draw_page(
        Page(
            title=business.name,
            subtitle=f"What {len(bought):,} customers are worth, in {currency},"
            f" as of {day_in_words(day.month, day.day, 'en')}, {day.year}",
            panels=panels,
            footnote=f"Money is what you earn: {margin:.0%} of what was paid, net of refunds."
            " What somebody may bring is what history predicts, not a promise.",
        ),
        file,
    )


Says = Callable[[Row], str]


def _main_currency(rows: Iterable[Row], own: str) -> str:
    """Return the shop's own currency, or where nobody paid in it, the one that most did."""
    paid = Counter(row.currency for row in rows if row.history)
    return own if paid[own] or not paid else paid.most_common(1)[0][0]


def _where_from(bought: Sequence[Row]) -> Panel:
    amounts = [row.past_cents for row in bought]
    bars = [
        Bar(f"the first {share:.0%} ({many:,})", (money,), f"{money:.0%}")
        for share, many, money in concentration(amounts)
    ]
    says = f"Half of what was earned so far comes from {plural(half(amounts), 'customer')}."
    return Panel("Where it comes from", says, bars)


def _drivers(
    bought: Sequence[Row],
    named: Callable[[Iterable[Row], Callable[[Row], Sequence[float]], Says], list[Bar]],
    money: Callable[[float], str],
) -> Panel:
    forecasting = any(row.forecast for row in bought)
    first = ranked(bought, "future" if forecasting else "past")[:_NAMED]
    says = (
        "Those who may bring most, below what they brought so far."
        if forecasting
        else "Those who brought most so far; the shop is too young to tell what comes."
    )
    return Panel(
        "Who drives it",
        says,
        named(
            first,
            lambda row: (
                (max(row.past_cents, 0), _future(row)) if forecasting else (max(row.past_cents, 0),)
            ),
            lambda row: _both(row, money),
        ),
        ("past", "future") if forecasting else (),
        # One is known and one is likely: they are never added.
        adds_up=False,
    )


def _future(row: Row) -> int:
    return row.forecast.future_cents if row.forecast else 0


def _at_risk(row: Row) -> int:
    return row.forecast.at_risk_cents if row.forecast else 0


def _both(row: Row, money: Callable[[float], str]) -> str:
    past = money(row.past_cents)
    return f"{past}, then {money(_future(row))}" if row.forecast else past


def _silent(row: Row, money: Callable[[float], str]) -> str:
    assert row.history
    return f"{money(_at_risk(row))}, silent {plural(row.history.silent, 'day')}"
