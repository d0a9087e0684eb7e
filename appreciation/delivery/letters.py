"""Cards with matching envelopes and a pick list, for the owner's own printer."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from appreciation.dates import local_day
from appreciation.delivery.base import NOT_BEGUN, Begin, Letter, Outcome, Result, Sender
from appreciation.delivery.folders import insist_writable
from appreciation.errors import AppreciationError
from appreciation.printing.addresses import address_lines
from appreciation.printing.stocks import card, envelope
from appreciation.printing.typesetting import Look, Piece, preflight, preview, print_batch
from appreciation.words.markdown import to_tree


class Letters:
    """Prints all that is due as one batch: a folder of PDFs in one order."""

    channel: Literal["email", "post"] = "post"
    in_batches = True
    repeatable = False
    connections = 1

    def __init__(
        self, sender: Sender, *, folder: Path, card: str = "a6", envelope: str = "dl", **_: Any
    ) -> None:
        self.sender = sender
        self.folder = folder
        self.look = _look(sender, card, envelope)

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        batch = list(letters)
        if not batch:
            return
        pieces = [self.piece(letter) for letter in batch]
        unfit = preflight(pieces, self.look)
        for letter in batch:
            if letter.code in unfit:
                yield letter, Outcome(Result.FAILED, unfit[letter.code])
        fit = [letter for letter in batch if letter.code not in unfit]
        if fit:
            outcome = self._printed(fit, [p for p in pieces if p.code not in unfit], begin)
            yield from ((letter, outcome) for letter in fit)

    def check(self) -> str:
        insist_writable(self.folder, "print")
        card, envelope = self.look.card.name, self.look.envelope.name
        return f"prints {card} cards and {envelope} envelopes into {self.folder}"

    def piece(self, letter: Letter) -> Piece:
        """Return what the typesetter needs of ``letter``."""
        lines = address_lines(
            letter.name,
            letter.recipient,
            letter.country or None,
            self.sender.country or None,
            self.sender.language,
        )
        return Piece(
            code=letter.code,
            name=letter.name,
            address=lines,
            body=to_tree(letter.body),
            why=letter.why,
            language=letter.language,
        )

    def preview(self, letter: Letter, target: Path) -> None:
        """Write the card of ``letter`` alone to ``target``."""
        preview(self.piece(letter), self.look, target)

    def _printed(self, letters: list[Letter], pieces: list[Piece], begin: Begin) -> Outcome:
        batch = letters[0].batch

        def release() -> None:
            if not all(begin(letter) for letter in letters):
                raise _LostError

        try:
            printed = print_batch(
                pieces,
                self.look,
                self.folder / batch,
                title=f"Batch {batch}",
                made_on=local_day(letters[0].at, self.sender.timezone),
                release=release,
            )
        except _LostError:
            return NOT_BEGUN
        except OSError as error:
            return Outcome(Result.RESTING, f"could not write {self.folder}: {error.strerror}")
        except AppreciationError as error:
            return Outcome(Result.RESTING, str(error))
        place = str(printed.cards.parent)
        return Outcome(Result.PRINTED, f"printed into {place}", place=place)


class _LostError(Exception):
    """A note of the batch belongs to another process by now: nothing is released."""


def _look(sender: Sender, card_name: str, envelope_name: str) -> Look:
    lines = [sender.name, *sender.address.splitlines()]
    return Look(
        card=card(card_name),
        envelope=envelope(envelope_name),
        sender=tuple(line.strip() for line in lines if line.strip()),
    )
