"""What the owner thinks that life may bring: a wedding, a move. Never from the model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from appreciation.value.terms import Terms


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something the owner thinks of: "her wedding, 2029, 3,000, perhaps".

    ``cents`` each of so many ``times`` in the calendar ``year``, with a
    ``chance`` of 0 to 1. Never from the model.
    """

    name: str
    year: int
    cents: int
    times: int = 1
    chance: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.chance <= 1:
            raise ValueError(f"a chance of {self.chance} is not between 0 and 1")


def what_if_cents(events: Iterable[LifeEvent], today: date, terms: Terms | None = None) -> int:
    """Return what the events would earn, worth today; those of past years nothing."""
    return round(sum(_event_worth(events, today, terms or Terms())))


def _event_worth(events: Iterable[LifeEvent], today: date, terms: Terms) -> Iterator[float]:
    for event in events:
        if event.year >= today.year:
            earned = event.cents * event.times * event.chance * terms.margin
            yield earned * terms.now(event.year - today.year)
