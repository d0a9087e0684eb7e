"""Valuing: what customers are worth, and where each stands among the others.

Nothing is added to and nothing waits for it: it may be repeated, and where it
was killed half-way the next look finds everybody's standing anew.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from appreciation.machine import no_collecting
from appreciation.store import valuing
from appreciation.store.engine import Store
from appreciation.value.shop import People, Question, Shop, complete_until, value_shop
from appreciation.value.standing import standings

# So many are written in one transaction: sending must not wait long for the store.
_AT_ONCE = 20_000


def last_complete_day(session: Session, today: date) -> date:
    """Return up to which day orders can be taken for complete."""
    return complete_until(valuing.order_days(session, today), today)


def value(session: Session, asked: Question, currency: str, *, everybody: bool) -> Shop:
    """Return what the customers are worth; with ``everybody`` also who never bought."""
    people = People(
        companies=valuing.companies(session),
        deceased=frozenset(valuing.deceased(session)),
        sent=valuing.sent(session),
        everybody=valuing.everybody(session) if everybody else (),
    )
    with no_collecting():
        return value_shop(valuing.purchases(session, asked.as_of), people, asked, currency)


def keep_standings(store: Store, asked: Question, currency: str, now: datetime) -> int:
    """Find where customers stand and keep it; return how many there are."""
    with store.reading() as session:
        as_of = last_complete_day(session, asked.as_of)
        shop = value(session, replace(asked, as_of=as_of), currency, everybody=False)
    found = [
        {
            "customer_id": each.customer_id,
            "rank": each.rank,
            "tier": each.tier.value,
            "last_order_on": each.last_visit,
            "quiet_on": each.quiet_on,
        }
        for each in standings(shop.rows(), currency)
    ]
    for start in range(0, len(found), _AT_ONCE):
        with store.writing() as session:
            valuing.keep(session, found[start : start + _AT_ONCE], now)
    with store.writing() as session:
        valuing.forget_older(session, now)
    return len(found)
