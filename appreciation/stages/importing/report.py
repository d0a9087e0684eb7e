"""How the rows of a file ended: each in exactly one count, with its reason where there is one."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

_SHOWN, _ACCENTED = 3, 2


class End(StrEnum):
    """How one row ended."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    NEEDS_A_LOOK = "needs_a_look"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Told:
    """A row about which there is something to say."""

    line: int
    end: End
    reason: str


@dataclass(slots=True)
class Report:
    """What an import did, or would do."""

    kind: str
    source: str
    import_id: int | None = None
    counts: Counter[End] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    # How many notes it causes.
    notes: int = 0
    applied: bool = False
    # The day on which this very file was taken in before.
    known_since: str | None = None

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return sum(self.counts.values())

    def end(self, line: int, end: End, reason: str | None) -> None:
        """Count a row, and keep why it ended so."""
        self.counts[end] += 1
        if reason is not None:
            self.told.append(Told(line, end, reason))

    def of(self, end: End) -> list[Told]:
        """Return what there is to say about the rows that ended so."""
        return [each for each in self.told if each.end is end]

    def show(self, words: str) -> None:
        """Keep a new record as a sample: the first few, and some with letters easily spoilt."""
        accented = sum(not each.isascii() for each in self.sample)
        if len(self.sample) < _SHOWN or (not words.isascii() and accented < _ACCENTED):
            self.sample.append(words)
