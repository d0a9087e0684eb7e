"""How the owner counts money; conventions, not findings."""

from dataclasses import dataclass

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an order is earned, and how far ahead it counts.

    ``margin`` is the share of an order that is earned; ``years``, one or more,
    how far the future reaches; ``discount`` what money loses by coming a year
    later. Of what a customer earns ``passed_up`` is to the credit of whoever
    sent them; ``anyway`` is the share of customers who would have come by
    themselves; ``decay`` is what influence loses with every step.
    """

    margin: float = 0.6
    years: int = 5
    discount: float = 0.1
    decay: float = 0.5
    passed_up: float = 0.2
    anyway: float = 0.0

    @property
    def days(self) -> int:
        """How far the future reaches: 1,826 days for five years."""
        return round(self.years * _DAYS_A_YEAR)

    def now(self, years: float) -> float:
        """Return what 1 that comes in so many ``years`` is worth today."""
        return float((1 + self.discount) ** -years)
