"""Etsy's orders. They hold a postal address and no email: these customers get cards only."""

from appreciation.sources.days import MONTH_FIRST
from appreciation.sources.dialects import Dialect, Tables
from appreciation.sources.sales import by_status

_CARDS_ONLY = (
    "Etsy tells no email addresses and allows no mailing list without consent:"
    " these customers can be thanked by card only"
)
ETSY = Tables(
    [
        Dialect(
            kind="etsy-orders",
            makes="sale",
            tells=["Order ID", "Buyer User ID", "Order Value"],
            columns={
                "number": ["Order ID"],
                "on": ["Sale Date"],
                "total": ["Adjusted Order Total", "Order Total"],
                "currency": ["Currency"],
                "status": ["Status"],
                "items": ["SKU"],
                "key": ["Buyer User ID"],
                "name": ["Full Name"],
                "given": ["First Name"],
                "family": ["Last Name"],
                "street": ["Street 1"],
                "more": ["Street 2"],
                "town": ["Ship City"],
                "region": ["Ship State"],
                "postcode": ["Ship Zipcode"],
                "country": ["Ship Country"],
            },
            judge=by_status(void="cancelled canceled refunded"),
            dates=MONTH_FIRST,
            decimal=".",
            remarks=[_CARDS_ONLY],
        ),
    ]
)
