"""What became of the days that were lived through, by month and occasion, and the postage."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from appreciation.app import Appreciation
from appreciation.config.post import postage
from appreciation.dates import utc_text
from appreciation.money import minor_digits
from appreciation.store import simulating
from appreciation.store.simulating import Lived
from appreciation.store.tables import NoteState

# Each note is in just one of them.
ENDS = (
    *("sent", "cards", "merged", "capped", "cooldown", "held_back", "blocked", "too_late"),
    *("skipped", "failed", "open"),
)
# How the reason begins for which a note was skipped; any other is the gate's, which held it back.
_SKIPS: Mapping[str, str] = {
    "told in": "merged",
    "over": "capped",
    "within": "cooldown",
    "too late": "too_late",
    "skipped": "skipped",
    "what it was about": "skipped",
}
_STATES: Mapping[NoteState, str] = {
    NoteState.SENT: "sent",
    NoteState.PRINTED: "cards",
    NoteState.POSTED: "cards",
    NoteState.FAILED: "failed",
    NoteState.IN_DOUBT: "failed",
    NoteState.BLOCKED: "blocked",
}
_TOO_LATE = "too late: "
_NUMBERED = re.compile(r"\b(note|notes|order) \d+\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One occasion in one month: ``month`` is 2027-04; ``counts`` has found, drafted and ends.

    ``postage`` is in the currency, not in minor units; ``unpriced`` counts
    cards to where no price is set.
    """

    month: str
    occasion: str
    counts: Mapping[str, int]
    postage: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that became of it."""

    since: datetime
    until: datetime
    currency: str
    rows: Sequence[Row]
    # Why notes did not leave, the commonest first.
    reasons: Sequence[tuple[str, int]]
    batches: int

    @property
    def counts(self) -> Counter[str]:
        """The sum over all months and occasions."""
        return sum((Counter(row.counts) for row in self.rows), Counter[str]())

    @property
    def postage_cents(self) -> int:
        """What the post takes for all cards, in minor units."""
        return self._cents(sum((row.postage for row in self.rows), Decimal(0)))

    @property
    def unpriced(self) -> int:
        """How many cards go to where no price is set."""
        return sum(row.unpriced for row in self.rows)

    def shape(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return {
            "since_at": utc_text(self.since),
            "until_at": utc_text(self.until),
            "currency": self.currency,
            "totals": self._counted(self.counts) | self._priced(self.postage_cents, self.unpriced),
            "batches": self.batches,
            "months": [
                {"month": row.month, "occasion": row.occasion}
                | self._counted(row.counts)
                | self._priced(self._cents(row.postage), row.unpriced)
                for row in self.rows
            ],
            "reasons": [{"reason": reason, "notes": count} for reason, count in self.reasons],
        }

    def cents_of(self, row: Row) -> int:
        """Return what the post takes for the cards of ``row``, in minor units."""
        return self._cents(row.postage)

    def _cents(self, amount: Decimal) -> int:
        return round(amount.scaleb(minor_digits(self.currency)))

    def _counted(self, counts: Mapping[str, int]) -> dict[str, int]:
        return {name: counts.get(name, 0) for name in ("found", "drafted", *ENDS)}

    def _priced(self, cents: int, unpriced: int) -> dict[str, int]:
        return {"postage_cents": cents, "unpriced": unpriced}


def add_up(session: Session, app: Appreciation, since: datetime, until: datetime) -> Figures:
    """Return what became of the notes that fall due from ``since`` on and before ``until``."""
    business, prices = app.config.business, app.config.post.price
    counts: dict[tuple[str, str], Counter[str]] = {}
    paid: Counter[tuple[str, str]] = Counter()
    spent: dict[tuple[str, str], Decimal] = {}
    reasons: Counter[str] = Counter()
    for each in simulating.lived(session, since, until):
        key = f"{app.today(each.at):%Y-%m}", each.occasion
        end = _end(each)
        counts.setdefault(key, Counter()).update(found=1, drafted=each.was_drafted, **{end: 1})
        if end == "cards":
            price = postage(prices, each.country, business.country)
            spent[key] = spent.get(key, Decimal(0)) + (price or 0)
            paid[key] += price is not None
        elif end != "sent":
            reasons[_reason(each)] += 1
    return Figures(
        since=since,
        until=until,
        currency=business.currency,
        rows=[
            Row(*key, each, spent.get(key, Decimal(0)), each["cards"] - paid[key])
            for key, each in sorted(counts.items())
        ],
        reasons=reasons.most_common(),
        batches=simulating.batches_made(session, since),
    )


def _end(each: Lived) -> str:
    """Return how a note ended: one of :data:`ENDS`."""
    if each.state is NoteState.SKIPPED:
        if _was_blocked(each):
            return "blocked"
        begins = (end for begin, end in _SKIPS.items() if each.reason.startswith(begin))
        return next(begins, "held_back")
    return _STATES.get(each.state) or ("held_back" if each.held_back else "open")


def _was_blocked(each: Lived) -> bool:
    """Return whether it was too late because the note lacked something all the while."""
    told = each.reason.partition(_TOO_LATE)[2]
    return bool(told) and not told.startswith(("nobody ", "it could not "))


def _reason(each: Lived) -> str:
    """Return why a note did not leave, as it is for many: without names and numbers."""
    told = each.reason or each.held_back or each.state.value.replace("_", " ")
    told = told.removeprefix(_TOO_LATE) if _was_blocked(each) else told
    return _NUMBERED.sub(r"another \1", told.replace(each.customer, "somebody"))
