"""What `why` comes to: the answers of the rules, and a verdict in one sentence for each note."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from appreciation.dates import utc_text


@dataclass(frozen=True, slots=True)
class Answer:
    """What one ``rule`` said, in words and ``figures``.

    ``lets`` is True where it lets a note go, False where it stops it, None
    where it only tells something.
    """

    rule: str
    lets: bool | None
    told: str
    figures: dict[str, Any] = field(default_factory=dict)

    def shape(self) -> dict[str, Any]:
        """Return the answer as JSON; moments in UTC."""
        plain = {
            key: utc_text(value)
            if isinstance(value, datetime)
            else str(value)
            if isinstance(value, date)
            else value
            for key, value in self.figures.items()
        }
        return {"rule": self.rule, "lets": self.lets, "told": self.told, "figures": plain}


@dataclass(frozen=True, slots=True)
class Explained:
    """One occasion on one day, or one occurrence of it, rule by rule.

    Without an ``occurrence`` the occasion does not fall on the day.
    """

    occasion: str
    about: str
    occurrence: str | None
    due_at: datetime | None
    note_id: int | None
    state: str | None
    answers: Sequence[Answer]
    verdict: str

    def shape(self) -> dict[str, Any]:
        """Return it as JSON; moments in UTC."""
        return {
            "occasion": self.occasion,
            "about": self.about,
            "occurrence": self.occurrence,
            "due_at": utc_text(self.due_at),
            "note_id": self.note_id,
            "state": self.state,
            "answers": [answer.shape() for answer in self.answers],
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one customer: what holds for all notes, then the occasions."""

    on: date
    # past, today or future.
    tense: str
    customer: Sequence[Answer]
    occasions: Sequence[Explained]

    def shape(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "on": str(self.on),
            "tense": self.tense,
            "answers": [answer.shape() for answer in self.customer],
            "occasions": [each.shape() for each in self.occasions],
        }
