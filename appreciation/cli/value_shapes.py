"""What customers are worth as JSON and as CSV. The keys are a contract: add, never rename."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from math import log
from typing import Any

from appreciation.money import minor_digits
from appreciation.store.exporting import guarded
from appreciation.value.fitting import FEWEST_DAYS, FEWEST_REPEATS, Prior
from appreciation.value.model import Trust
from appreciation.value.shop import Buyers, Part, Row, Shop

_WEEK = 7
_MONEY = (
    "past",
    "future",
    "low",
    "high",
    "if_they_stay",
    "at_risk",
    "referral_direct",
    "referral_downstream",
    "referral_influence",
    "referral_credit",
)
COLUMNS = (
    "customer_id",
    "customer",
    "past",
    "future",
    "low",
    "high",
    "if_they_stay",
    "referral_direct",
    "referral_downstream",
    "referral_influence",
    "referral_credit",
    "chance_alive",
    "visits",
    "silent_days",
    "usual_gap_days",
    "at_risk",
    "currency",
    "flags",
)

ORDERS: Mapping[str, Callable[[Row], Sequence[float]]] = {
    "past": lambda row: (row.past_cents,),
    "future": lambda row: (_figure(row, "future_cents"), row.past_cents),
    "referrals": lambda row: (row.referred.influence, row.past_cents),
    "at-risk": lambda row: (_figure(row, "at_risk_cents"), row.past_cents),
}


def ranked(rows: Iterable[Row], by: str, first: str = "") -> list[Row]:
    """Return ``rows`` with the largest first, by one of ``ORDERS``; equal ones by id.

    Amounts of two currencies cannot be compared: those of the ``first`` one come first.
    """
    key = ORDERS[by]
    return sorted(
        rows,
        key=lambda row: (
            row.currency != first,
            row.currency,
            *(-figure for figure in key(row)),
            row.customer_id,
        ),
    )


def why_not(part: Part) -> str:
    """Return why the future of these customers cannot be told, empty where it can."""
    fit, weeks = part.fit, int(part.known_days // _WEEK)
    if fit.trust is not Trust.NONE:
        return ""
    if weeks < FEWEST_DAYS // _WEEK:
        return f"it takes {FEWEST_DAYS // _WEEK} weeks of orders; there are {weeks}"
    if fit.repeats < FEWEST_REPEATS:
        return f"it takes {FEWEST_REPEATS} repeat visits; there are {fit.repeats}"
    return "the figures that fit would be no shop's"


def _figure(row: Row, name: str) -> float:
    # Where nothing can be told comes after nothing at all.
    return getattr(row.forecast, name) if row.forecast else -1


def row_shape(row: Row, name: str) -> dict[str, Any]:
    """Return one customer's worth as JSON; money in minor units, unknown figures are null."""
    told, known, referred = row.forecast, row.history, row.referred
    return {
        "customer_id": row.customer_id,
        "customer": name,
        "past": row.past_cents,
        "future": told and told.future_cents,
        "low": told and told.low_cents,
        "high": told and told.high_cents,
        "if_they_stay": row.worth and row.worth.if_they_stay_cents,
        "referral_direct": referred.direct,
        "referral_downstream": referred.downstream,
        "referral_influence": referred.influence,
        "referral_credit": referred.credit,
        "chance_alive": told and round(told.chance_alive, 4),
        "visits": known.visits if known else 0,
        "silent_days": known and known.silent,
        "usual_gap_days": known and known.usual_gap,
        "at_risk": told and told.at_risk_cents,
        "currency": row.currency,
        "flags": [flag.value for flag in row.flags],
    }


def model_shape(shop: Shop, currency: str) -> dict[str, Any]:
    """Return the fit of the people who pay in ``currency``, and under ``others`` every other one.

    ``alpha`` and the log likelihood count in weeks, as in the literature.
    """
    first = (currency, Buyers.PEOPLE)
    parts = sorted(shop.parts, key=lambda part: (part.currency, part.buyers) != first)
    shapes = [_fit_shape(part, shop) for part in parts]
    if not shapes:
        nothing = dict.fromkeys(("r", "alpha", "a", "b", "log_likelihood"))
        shapes = [_shape(shop, currency, Buyers.PEOPLE, nothing)]
    return {**shapes[0], "others": shapes[1:]}


def _fit_shape(part: Part, shop: Shop) -> dict[str, Any]:
    fit = part.fit
    # Figures that are only the prior's, or no shop's, are not told: somebody would believe them.
    figures = {
        "r": fit.r,
        "alpha": fit.alpha / _WEEK,
        "a": fit.a,
        "b": fit.b,
        "log_likelihood": fit.log_likelihood + fit.repeats * log(_WEEK),
    }
    told = figures if fit.trust is not Trust.NONE else dict.fromkeys(figures)
    shape = _shape(shop, part.currency, part.buyers, told)
    return {
        **shape,
        "customers": fit.customers,
        "repeats": fit.repeats,
        "trust": fit.trust.value,
        "converged": fit.converged,
        "why_not": why_not(part) or None,
    }


def _shape(
    shop: Shop, currency: str, buyers: Buyers, figures: Mapping[str, float | None]
) -> dict[str, Any]:
    return {
        "kind": shop.asked.kind.value,
        **figures,
        "customers": 0,
        "repeats": 0,
        "as_of": str(shop.asked.as_of),
        "trust": Trust.NONE.value,
        "converged": False,
        "currency": currency,
        "buyers": buyers.value,
        "prior": Prior(shop.asked.prior).value,
        "why_not": "nobody bought",
    }


def as_csv(shapes: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV, money as decimal numbers; a name that looks like a formula is quoted."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for shape in shapes:
        writer.writerow({**shape, **_plain(shape)})
    return text.getvalue()


def _plain(shape: Mapping[str, Any]) -> dict[str, Any]:
    places = minor_digits(shape["currency"])
    return {
        **{key: _decimal(shape[key], places) for key in _MONEY},
        "customer": guarded(shape["customer"]),
        "flags": " ".join(shape["flags"]),
    }


def _decimal(cents: int | None, places: int) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-places)
