"""Square's transactions, items and customer directory, which are joined by the customer's id."""

from collections.abc import Mapping

from appreciation.sources.days import MONTH_FIRST
from appreciation.sources.dialects import Cells, Dialect, Tables
from appreciation.sources.sales import ORDER, Verdict

_REFUND = Verdict(refund=True)


def _judge(cells: Mapping[str, str]) -> Verdict:
    return _REFUND if cells.get("type", "").casefold() == "refund" else ORDER


def _amended(cells: Cells) -> Cells:
    """Return the cells of a refund with a number of its own: it may have that of its sale."""
    if cells.get("type", "").casefold() == "refund" and "number" in cells:
        cells["number"] = f"{cells['number']} refund {cells.get('on', '')}".rstrip()
    return cells


_EVENT = {
    "number": ["Transaction ID"],
    "refunds": ["Transaction ID"],
    "on": ["Date"],
    "type": ["Event Type"],
    "key": ["Customer ID"],
    "name": ["Customer Name"],
}
SQUARE = Tables(
    [
        Dialect(
            kind="square-transactions",
            makes="sale",
            tells=["PAN Suffix", "Transaction ID"],
            columns={
                **_EVENT,
                "total": ["Total Collected"],
                "items": ["Description"],
            },
            judge=_judge,
            amend=_amended,
            dates=MONTH_FIRST,
            decimal=".",
        ),
        Dialect(
            kind="square-items",
            makes="sale",
            tells=["Price Point Name", "Transaction ID"],
            columns={
                **_EVENT,
                "total": ["Net Sales"],
                "items": ["Item"],
            },
            judge=_judge,
            amend=_amended,
            dates=MONTH_FIRST,
            decimal=".",
            lines=True,
            adds_up=True,
        ),
        Dialect(
            kind="square-directory",
            makes="person",
            tells=["Square Customer ID"],
            columns={
                "key": ["Square Customer ID"],
                "given": ["First Name"],
                "family": ["Last Name", "Surname"],
                "nickname": ["Nickname"],
                "company": ["Company Name"],
                "email": ["Email Address"],
                "phone": ["Phone Number"],
                "street": ["Street Address 1"],
                "more": ["Street Address 2"],
                "town": ["City"],
                "region": ["State"],
                "postcode": ["Postal Code"],
                "birthday": ["Birthday"],
                "about": ["Memo"],
                "consent": ["Email Subscription Status"],
            },
            dates=MONTH_FIRST,
        ),
    ]
)
