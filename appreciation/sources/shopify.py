"""Shopify's customers and orders. An order has a line for each item, and only the first is full."""

from collections.abc import Mapping

from appreciation.sources.dialects import Dialect, Tables
from appreciation.sources.sales import Verdict, by_status

_PAID = by_status(
    taken="paid",
    quiet="partially_refunded",
    void="voided refunded cancelled",
    open="authorized expired pending partially_paid",
)


def _judge(cells: Mapping[str, str]) -> Verdict:
    """Say whether an order was paid, and not cancelled since."""
    if cells.get("cancelled"):
        return _PAID({"status": "cancelled"})
    return _PAID(cells)


SHOPIFY = Tables(
    [
        Dialect(
            kind="shopify-orders",
            makes="sale",
            tells=["Financial Status", "Lineitem name"],
            columns={
                "number": ["Name", "Id"],
                "on": ["Created at", "Paid at"],
                "total": ["Total"],
                "refunded": ["Refunded Amount"],
                "currency": ["Currency"],
                "status": ["Financial Status"],
                "cancelled": ["Cancelled at", "Canceled at"],
                "items": ["Lineitem name"],
                "name": ["Billing Name", "Shipping Name"],
                "email": ["Email"],
                "phone": ["Phone", "Billing Phone", "Shipping Phone"],
                "street": ["Shipping Address1", "Billing Address1", "Shipping Street"],
                "more": ["Shipping Address2", "Billing Address2"],
                "town": ["Shipping City", "Billing City"],
                "region": ["Shipping Province", "Billing Province"],
                "postcode": ["Shipping Zip", "Billing Zip"],
                "country": ["Shipping Country", "Billing Country"],
                "consent": ["Accepts Marketing"],
            },
            judge=_judge,
            decimal=".",
            lines=True,
        ),
        Dialect(
            kind="shopify-customers",
            makes="person",
            tells=["Accepts Email Marketing"],
            columns={
                "key": ["Customer ID"],
                "given": ["First Name"],
                "family": ["Last Name"],
                "email": ["Email"],
                "phone": ["Phone", "Default Address Phone"],
                "company": ["Default Address Company", "Company"],
                "street": ["Default Address Address1", "Address1"],
                "more": ["Default Address Address2", "Address2"],
                "town": ["Default Address City", "City"],
                "region": ["Default Address Province Code", "Province Code"],
                "postcode": ["Default Address Zip", "Zip"],
                "country": ["Default Address Country Code", "Country Code", "Country"],
                # The shop's own column, called in its own language.
                "birthday": ["~.*customermetafields.*birth.*", "~.*customermetafields.*bday.*"],
                "about": ["Note"],
                "consent": ["Accepts Email Marketing"],
            },
        ),
    ]
)
