"""Stripe's payments and customers. Its owner chooses the columns, and its times are in UTC."""

from appreciation.sources.days import MONTH_FIRST
from appreciation.sources.dialects import Dialect, Tables
from appreciation.sources.sales import by_status

STRIPE = Tables(
    [
        Dialect(
            kind="stripe-payments",
            makes="sale",
            tells=["id", "Created date (UTC)", "Amount"],
            columns={
                "number": ["id"],
                "on": ["Created date (UTC)"],
                "total": ["Amount"],
                "refunded": ["Amount Refunded"],
                "currency": ["Currency"],
                "status": ["Status"],
                "items": ["Description"],
                "key": ["Customer ID"],
                "name": ["Customer Name", "Customer Description", "Card Name"],
                "email": ["Customer Email", "Receipt Email"],
            },
            judge=by_status(
                taken="paid succeeded",
                void="refunded disputed",
                open="failed canceled cancelled incomplete pending requires_payment_method"
                " requires_action requires_capture uncaptured blocked",
            ),
            dates=MONTH_FIRST,
            decimal=".",
            utc=True,
        ),
        Dialect(
            kind="stripe-customers",
            makes="person",
            tells=["id", "Delinquent", "Email"],
            columns={
                "key": ["id"],
                "name": ["Name", "Card Name", "Description"],
                "email": ["Email"],
                "phone": ["Phone"],
                "street": ["Address Line1", "Shipping Address Line1"],
                "more": ["Address Line2", "Shipping Address Line2"],
                "town": ["Address City", "Shipping Address City"],
                "region": ["Address State", "Shipping Address State"],
                "postcode": ["Address Postal Code", "Shipping Address Postal Code"],
                "country": ["Address Country", "Shipping Address Country"],
                "birthday": [r"~birth(?:day|date)metadata"],
            },
        ),
    ]
)
