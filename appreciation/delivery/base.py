"""What a backend promises: it takes letters one after another and tells how each ended."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished note on its way out; what tells the owner how it goes has the ``note_id`` 0.

    ``recipient`` is an email address or a postal address of several lines,
    without the name; ``body`` is Markdown. ``sequence`` counts from 1 within
    ``batch``; a letter that goes alone has neither. ``at`` is when it was
    claimed. ``look`` is what its template or its customer asks of a card:
    ``hand``, ``ink``, ``picture``, ``enclose``.
    """

    note_id: int
    name: str
    recipient: str
    country: str
    subject: str
    body: str
    language: str
    message_id: str
    why: str
    at: datetime
    batch: str = ""
    sequence: int = 0
    occasion: str = ""
    look: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The tiny code that pairs a card with its envelope: ``B7-0042``; alone, ``N12``."""
        return f"{self.batch}-{self.sequence:04}" if self.batch else f"N{self.note_id}"


@dataclass(frozen=True, slots=True)
class Sender:
    """The business that every letter comes from."""

    name: str
    signer: str
    email: str
    address: str
    country: str
    language: str
    timezone: str = "UTC"


class Result(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    PRINTED = "printed"
    RETRY = "retry"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    # Not this letter's fault: nobody can be written to just now.
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one letter fared, with the world's own words.

    ``place`` is where the owner finds it: a folder, say. ``lasting`` is for
    ``RESTING``: a setting is wrong, and only the owner can mend it.
    ``suspect`` says that it may be this letter's fault after all: once the
    backend wakes, it comes last. ``bad_address`` is for ``FAILED``: nobody
    should write there again.
    """

    result: Result
    said: str
    place: str = ""
    lasting: bool = False
    suspect: bool = False
    bad_address: bool = False


# Called just before a letter passes the point of no return. False: it must not leave.
Begin = Callable[[Letter], bool]
# What becomes of a letter that may not begin.
NOT_BEGUN = Outcome(Result.RETRY, "not let go: another process has it, or its claim ran out")


class Backend(Protocol):
    """Hands letters to the world: a mail server, a printer, a folder."""

    # What a customer must have to be written to this way.
    channel: Literal["email", "post"]
    # Whether all that is due leaves as one piece, with batch and sequence.
    in_batches: bool
    # Whether delivering a letter twice comes to the same as once.
    repeatable: bool
    # How many may work side by side.
    connections: int

    def __init__(self, sender: Sender, **settings: Any) -> None: ...

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        """Deliver ``letters`` and yield each with its outcome, as soon as it is known.

        Letters are drawn when there is room for them: drawing claims them. Of
        what the world throws nothing comes out of here; a bug does.
        """
        ...

    def check(self) -> str:
        """Return one line about whether it could deliver now, delivering nothing.

        Raises:
            AppreciationError: it could not; what is wrong and the mend.
        """
        ...
