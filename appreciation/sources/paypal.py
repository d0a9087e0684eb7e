"""PayPal's activity: money that came in is an order; days and marks follow its country."""

from collections.abc import Mapping

from appreciation.sources.dialects import Cells, Dialect, Tables
from appreciation.sources.sales import ORDER, Verdict

# What moves money without a sale.
_NO_SALE = (
    "withdrawal", "hold", "authorization", "memo", "conversion", "deposit", "transfer", "fee",
    "reserve", "loan", "bill", "abbuchung", "einbehaltung", "währungsumrechnung", "chargeback",
)  # fmt: skip
_BACK = ("refund", "reversal", "rückzahlung", "reembolso", "remboursement")
_DONE = {"completed", "abgeschlossen", "completado", "terminé", ""}


def _judge(cells: Mapping[str, str]) -> Verdict:
    """Say whether a movement of money is a sale, a refund of one, or neither."""
    kind, status = (cells.get(name, "").casefold() for name in ("type", "status"))
    if any(word in kind for word in _BACK):
        return Verdict(refund=True)
    if any(word in kind for word in _NO_SALE):
        return Verdict(taken=False, reason=f"no sale: {cells['type']}")
    if status not in _DONE:
        return Verdict(taken=False, reason=f"not paid: {cells['status']}")
    if cells.get("impact", "").casefold() == "debit" or cells.get("total", "").startswith("-"):
        return Verdict(taken=False, reason="money that went out")
    return ORDER


def _amended(cells: Cells) -> Cells:
    """Return the cells of a refund with its customer, who got the money."""
    kind = cells.get("type", "").casefold()
    if any(word in kind for word in _BACK) and cells.get("to"):
        cells["email"] = cells["to"]
    return cells


_COLUMNS = {
    "number": ["Transaction ID"],
    "refunds": ["Reference Txn ID"],
    "on": ["Date"],
    "total": ["Gross"],
    "currency": ["Currency"],
    "type": ["Type", "Description"],
    "status": ["Status"],
    "impact": ["Balance Impact"],
    "items": ["Item Title"],
    "name": ["Name"],
    "email": ["From Email Address"],
    "to": ["To Email Address"],
    "phone": ["Contact Phone Number"],
    "street": ["Address Line 1"],
    "more": ["Address Line 2/District/Neighborhood", "Address Line 2"],
    "town": ["Town/City"],
    "region": ["State/Province/Region/County/Territory/Prefecture/Republic", "State"],
    "postcode": ["Zip/Postal Code"],
    "country": ["Country Code", "Country"],
}
PAYPAL = Tables(
    [
        Dialect("paypal", "sale", ["Balance Impact", "Gross"], _COLUMNS, _judge, amend=_amended),
        Dialect("paypal-short", "sale", ["From Email Address", "Gross"], _COLUMNS, _judge,
                amend=_amended),
    ]
)  # fmt: skip
