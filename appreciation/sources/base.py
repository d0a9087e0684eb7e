"""What a source promises: every row of a file ends as a record, or as a reason why it is none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from appreciation.dates import LeapDay, YearlyDay
from appreciation.errors import NeedsALook


@dataclass(frozen=True, slots=True)
class Dated:
    """A yearly day of a person, or of someone close to them: ``whose`` is "daughter Mia"."""

    kind: str
    day: YearlyDay
    whose: str = ""


# Not frozen, and neither is a sale: a file has a million of them, and freezing each takes longer
# than reading its row. Nobody changes one.
@dataclass(slots=True)
class Person:
    """Somebody as a file tells of them; ``key`` is what the source itself calls them.

    ``remarks`` tell the owner what could not be taken over although the person was.
    """

    line: int
    name: str = ""
    key: str | None = None
    call_name: str | None = None
    envelope_name: str | None = None
    formality: str | None = None
    # The handwriting of their cards.
    hand: str | None = None
    kind: str = "person"
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    country: str | None = None
    language: str | None = None
    timezone: str | None = None
    about: str | None = None
    dates: tuple[Dated, ...] = ()
    met_on: date | None = None
    referred_by: str | None = None
    # Agreed to emails: None where nobody was asked.
    email_consent: bool | None = None
    # Likes cards, or wants none.
    post_consent: bool | None = None
    # When a birthday of 29 February is kept.
    leap_day: LeapDay | None = None
    opted_out: bool = False
    deceased: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class Sale:
    """An order or, below zero, a refund of the order ``refunds``; money in minor units.

    A ``buyer`` of whom nothing is told is a guest. ``quiet`` says why nobody is
    to be thanked for it. ``void`` says why it is no order: it is not taken over,
    and one that was before is worth nothing now. Only our own export tells that
    an order was ``seen``, and ties a refund to the order whose ``row`` it names.
    """

    line: int
    buyer: Person
    on: date
    cents: int
    currency: str
    number: str | None = None
    items: str | None = None
    refunds: str | None = None
    quiet: str | None = None
    void: str | None = None
    seen: bool = False
    row: str | None = None
    refund_of: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Somebody, the referrer, sent somebody else to us.

    Only our own export tells since when we know the referred, that they are
    only a name so far (``waits``), and what was ``seen``.
    """

    line: int
    referrer: Person
    referred: Person
    on: date
    known_on: date | None = None
    waits: bool = False
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """A meeting with somebody."""

    line: int
    person: Person
    on: date
    place: str | None = None
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A yearly day of somebody whom we may know already."""

    line: int
    person: Person
    dated: Dated


@dataclass(frozen=True, slots=True)
class Remembered:
    """A row of ``table`` that only our own export tells of, with its ``values`` by column.

    ``person`` is whose it is; None where it is nobody's, like an address that is lost.
    """

    line: int
    person: Person | None
    table: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that cannot be read, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A row that is rightly not taken over, and why: a voided order, a withdrawal."""

    line: int
    reason: str


Record = Person | Sale | Sent | Met | Kept | Remembered
Row = Record | Unreadable | NotTaken


@dataclass(frozen=True, slots=True)
class Choices:
    """What a file cannot tell by itself: the shop's own, and what its owner answered.

    ``date_order`` is day-first or month-first, ``decimal`` the mark before the
    cents; None: decided for each column by what stands in it. ``mapping`` tells
    which field a header means.
    """

    today: date
    timezone: str
    currency: str
    country: str = ""
    date_order: str | None = None
    decimal: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was recognised: its kind, and its rows, read as they are asked for.

    ``remarks`` hold for the whole file. ``headers`` are those of a table whose
    columns were mapped, and ``mapping`` how.
    """

    kind: str
    rows: Iterator[Row]
    remarks: tuple[str, ...] = ()
    headers: Sequence[str] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Reads the files of one program or shop."""

    @property
    def kinds(self) -> Collection[str]:
        """What `import --as` calls the kinds of files that it reads."""
        ...

    def recognise(self, path: Path) -> str | None:
        """Return the kind of the file at ``path``, or None where it is no file of this source."""
        ...

    def read(self, path: Path, kind: str, choices: Choices) -> Reading:
        """Return the rows of the file, each with its line, read as a file of ``kind``.

        Raises:
            Undecided: the file can be read in two ways, and nothing in it tells which.
            AppreciationError: it is no such file.
        """
        ...


class Undecided(NeedsALook):
    """A column that can be read in two ways; ``flag`` and one of ``answers`` settle it."""

    def __init__(self, wrong: str, *, flag: str, answers: Mapping[str, str]) -> None:
        told = " or ".join(f"{flag} {answer} ({means})" for answer, means in answers.items())
        super().__init__(wrong, mend=f"add {told}")
        self.flag = flag
        self.answers = answers
