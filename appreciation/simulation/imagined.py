"""A backend to which everything gets through, and which delivers nothing."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from appreciation.delivery.base import NOT_BEGUN, Begin, Letter, Outcome, Result, Sender


class Imagined:
    """Takes the letters of ``channel`` and says that they are delivered."""

    in_batches = False
    repeatable = True
    connections = 1

    def __init__(
        self, sender: Sender | None = None, *, channel: Literal["email", "post"], **_: Any
    ) -> None:
        self.sender = sender
        self.channel = channel
        self.in_batches = channel == "post"

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        done = Result.PRINTED if self.channel == "post" else Result.SENT
        # Paper leaves as one batch, so all that is due is drawn before the first is done.
        for letter in list(letters) if self.in_batches else letters:
            yield letter, Outcome(done, "imagined") if begin(letter) else NOT_BEGUN

    def check(self) -> str:
        return "delivers nothing"
