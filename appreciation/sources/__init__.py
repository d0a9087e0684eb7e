"""Where files come from. Each file is one program or shop; a new one costs a file and a line here.

Ours stand in the order in which they are asked: those with headers of their
own first, the plain words last.
"""

from collections.abc import Mapping

from appreciation.sources.base import Source
from appreciation.sources.etsy import ETSY
from appreciation.sources.google import GOOGLE
from appreciation.sources.hubspot import HUBSPOT
from appreciation.sources.outlook import OUTLOOK
from appreciation.sources.own import OWN
from appreciation.sources.paypal import PAYPAL
from appreciation.sources.plain import Plain
from appreciation.sources.quickbooks import QUICKBOOKS
from appreciation.sources.shopify import SHOPIFY
from appreciation.sources.square import SQUARE
from appreciation.sources.stripe import STRIPE
from appreciation.sources.vcard import VCard
from appreciation.sources.woocommerce import WOOCOMMERCE

BUILT_IN: Mapping[str, Source] = {
    "vcard": VCard(),
    "own": OWN,
    "google": GOOGLE,
    "outlook": OUTLOOK,
    "shopify": SHOPIFY,
    "etsy": ETSY,
    "square": SQUARE,
    "stripe": STRIPE,
    "paypal": PAYPAL,
    "woocommerce": WOOCOMMERCE,
    "hubspot": HUBSPOT,
    "quickbooks": QUICKBOOKS,
    "plain": Plain(),
}
