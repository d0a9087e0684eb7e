"""Amounts of one currency, as the owner reads them."""

from dataclasses import dataclass

from appreciation.money import format_money


@dataclass(frozen=True, slots=True)
class Amounts:
    """How amounts in minor units of ``currency`` are written in the owner's ``language``."""

    currency: str
    language: str

    def exact(self, cents: float | None) -> str:
        """Return what was paid or earned: ``€12.50``; nothing for None."""
        return "" if cents is None else format_money(round(cents), self.currency, self.language)

    def about(self, cents: float | None) -> str:
        """Return what is only likely: ``€13``; nothing for None."""
        if cents is None:
            return ""
        return format_money(round(cents), self.currency, self.language, whole=True)
