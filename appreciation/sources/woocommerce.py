"""WooCommerce: its customers, and orders as two much-used exporters write them."""

from collections.abc import Mapping

from appreciation.sources.dialects import Cells, Dialect, Tables
from appreciation.sources.sales import Verdict, by_status

_PAID = by_status(
    taken="completed processing wc-completed wc-processing",
    void="refunded cancelled wc-refunded wc-cancelled trash",
    open="pending failed on-hold draft checkout-draft wc-pending wc-failed wc-on-hold",
)


def _judge(cells: Mapping[str, str]) -> Verdict:
    # A refund is a row of its own, below zero, on the day of the refund.
    return Verdict(refund=True) if cells.get("total", "").startswith("-") else _PAID(cells)


def _amended(cells: Cells) -> Cells:
    """Return the cells of a refund with a number of its own: it has that of its order."""
    if cells.get("total", "").startswith("-") and "number" in cells:
        cells["refunds"] = cells["number"]
        cells["number"] = f"{cells['number']} refund {cells.get('on', '')}".rstrip()
    return cells


WOOCOMMERCE = Tables(
    [
        Dialect(
            kind="woocommerce-orders",
            makes="sale",
            tells=["order_id", "order_status", "order_total"],
            columns={
                "number": ["order_number", "order_id"],
                "on": ["order_date", "date"],
                "total": ["order_total"],
                "refunded": ["refunded_total", "total_refunded"],
                "currency": ["order_currency"],
                "status": ["order_status", "status"],
                "key": ["customer_id", "customer_user"],
                "given": ["billing_first_name"],
                "family": ["billing_last_name"],
                "company": ["billing_company"],
                "email": ["billing_email", "customer_email"],
                "phone": ["billing_phone"],
                "street": ["billing_address_1"],
                "more": ["billing_address_2"],
                "town": ["billing_city"],
                "region": ["billing_state"],
                "postcode": ["billing_postcode"],
                "country": ["billing_country"],
            },
            judge=_judge,
            amend=_amended,
        ),
        Dialect(
            kind="woocommerce-orders",
            makes="sale",
            tells=["Order Number", "Order Status", "Order Date"],
            columns={
                "number": ["Order Number"],
                "on": ["Order Date"],
                "total": ["Order Total Amount", "Order Total"],
                "refunded": ["Order Refund Amount"],
                "currency": ["Order Currency"],
                "status": ["Order Status"],
                "given": ["First Name (Billing)"],
                "family": ["Last Name (Billing)"],
                "company": ["Company (Billing)"],
                "email": ["Email (Billing)"],
                "phone": ["Phone (Billing)"],
                "street": ["Address 1&2 (Billing)", "Address 1 (Billing)"],
                "town": ["City (Billing)"],
                "region": ["State Code (Billing)"],
                "postcode": ["Postcode (Billing)"],
                "country": ["Country Code (Billing)"],
                "items": ["Item Name"],
            },
            judge=_judge,
            amend=_amended,
            lines=True,
        ),
        Dialect(
            kind="woocommerce-customers",
            makes="person",
            tells=["Last Active", "Sign Up", "AOV"],
            columns={
                "name": ["Name"],
                "email": ["Email"],
                "country": ["Country / Region"],
            },
        ),
    ]
)
