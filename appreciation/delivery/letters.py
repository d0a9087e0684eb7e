"""Cards with matching envelopes or labels and a pick list, for the owner's own printer."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from appreciation.dates import local_day
from appreciation.delivery.base import NOT_BEGUN, Begin, Letter, Outcome, Result, Sender
from appreciation.delivery.folders import insist_writable
from appreciation.errors import AppreciationError
from appreciation.printing import calibration
from appreciation.printing.addresses import address_lines, sent_from
from appreciation.printing.grids import usual
from appreciation.printing.imposition import insist_on_start
from appreciation.printing.lists import words_in
from appreciation.printing.pictures import insist_on_picture, insist_on_signature
from appreciation.printing.pieces import Duplex, Look, Piece
from appreciation.printing.refusals import NotPrinted
from appreciation.printing.stocks import Card, Envelope, Labels, Shelf, Stock, shelf
from appreciation.printing.typesetting import TRUE, Manifest, preview, print_batch
from appreciation.words.markdown import to_tree


@dataclass(frozen=True, slots=True)
class Memories:
    """What a person who writes by hand would want to remember of one customer."""

    facts: tuple[str, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What a person asks of one batch.

    ``stocks`` stand in for those of the settings, each for its kind. With
    ``recall``, which tells what is remembered by note, no cards are printed
    but what is needed to write them by hand.
    """

    stocks: Sequence[str] = ()
    start_at: int = 1
    printer: str = ""
    recall: Callable[[Sequence[int]], Mapping[int, Memories]] | None = None


@dataclass(slots=True)
class _Settings:
    """How the owner wants cards to be printed."""

    folder: Path
    card: str = "a6"
    envelope: str = "dl"
    labels: str = ""
    hand: str = "Caveat"
    ink: str = "night blue"
    picture: str = ""
    signature: Path | None = None
    printer: str = ""
    duplex: Duplex = "long-edge"
    bleed: float = 0
    vary: bool = True
    pictures: Path | None = None
    stocks: Path | None = None
    calibration: Path | None = None
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = shelf(self.stocks)


class Letters:
    """Prints all that is due as one batch: a folder of PDFs in one order."""

    channel: Literal["email", "post"] = "post"
    in_batches = True
    repeatable = False
    connections = 1

    def __init__(self, sender: Sender, *, folder: Path, **settings: Any) -> None:
        known = {key: value for key, value in settings.items() if key in _Settings.__slots__}
        self.sender = sender
        self.folder = folder
        self.settings = _Settings(folder=folder, **known)
        self.job = Job()
        self.look = self._look()

    def for_job(self, job: Job) -> "Letters":
        """Return a backend that prints ``job``.

        Raises:
            AppreciationError: it asks for what there is not.
        """
        other = copy.copy(self)
        other.job = job
        stocks = [self.settings.shelf.any(name) for name in job.stocks]
        _insist_on_one_of_each(stocks)
        for each in stocks:
            other.look = _on(other.look, each)
        stock = other.look.envelope if isinstance(other.look.envelope, Labels) else other.look.card
        insist_on_start(job.start_at, stock.grid, stock.name)
        return other

    @property
    def measured(self) -> Mapping[str, calibration.Measured]:
        """What was measured of the printer that this is for."""
        file = self.settings.calibration
        return (
            calibration.measured(file, self.job.printer or self.settings.printer) if file else TRUE
        )

    @property
    def misfit(self) -> str:
        """Say in words that the cards are larger than their envelopes; empty where they are not.

        No reason to print nothing: some fold what they send.
        """
        card, envelope = self.look.card, self.look.envelope
        if not isinstance(envelope, Envelope) or card.address or self.job.recall:
            return ""
        if envelope.holds(card):
            return ""
        larger = [each.name for each in self.settings.shelf.of(Envelope) if each.holds(card)]
        mend = f"; these hold it: {', '.join(larger)}" if larger else ""
        return f"a card {card.name} is larger than an envelope {envelope.name}{mend}"

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        batch = list(letters)
        if not batch:
            return
        memories = self.job.recall([letter.note_id for letter in batch]) if self.job.recall else {}
        pieces = {letter.code: self.piece(letter, memories.get(letter.note_id)) for letter in batch}
        while batch:
            try:
                outcome = self._printed(batch, [pieces[letter.code] for letter in batch], begin)
                unfit: Mapping[str, str] = {}
            except NotPrinted as error:
                # Found out while printing, so that what fits at once is set but once.
                outcome, unfit = _resting(error), error.faults
            for letter in batch:
                if letter.code in unfit:
                    yield letter, Outcome(Result.FAILED, unfit[letter.code])
                elif not unfit:
                    yield letter, outcome
            batch = [letter for letter in batch if unfit and letter.code not in unfit]

    def check(self) -> str:
        insist_writable(self.folder, "print")
        if self.look.signature:
            insist_on_signature(self.look.signature)
        insist_on_picture(self.look)
        _ = self.measured
        card, envelope = self.look.card.name, self.look.envelope
        kind = "labels" if isinstance(envelope, Labels) else "envelopes"
        told = f"prints {card} cards and {envelope.name} {kind} into {self.folder}"
        return f"{told}; {self.misfit}" if self.misfit else told

    def piece(self, letter: Letter, memories: Memories | None = None) -> Piece:
        """Return what the typesetter needs of ``letter``."""
        sender = self.sender
        there_and_here = (letter.country or None, sender.country or None)
        lines = address_lines(letter.name, letter.recipient, *there_and_here, sender.language)
        kept = memories or Memories()
        return Piece(
            code=letter.code,
            name=letter.name,
            address=lines,
            body=to_tree(letter.body),
            why=letter.why,
            language=letter.language,
            occasion=letter.occasion,
            facts=kept.facts,
            before=kept.before,
            sent_from=sent_from(*there_and_here, "".join(self.look.sender[-1:]), sender.language),
            **letter.look,
        )

    def preview(self, letter: Letter, target: Path) -> None:
        """Write the card of ``letter`` alone to ``target``."""
        preview(self.piece(letter), self.look, target)

    def _printed(self, letters: list[Letter], pieces: list[Piece], begin: Begin) -> Outcome:
        batch = letters[0].batch
        manifest = Manifest(
            title=words_in(self.sender.language)["batch"].format(number=batch),
            made_on=local_day(letters[0].at, self.sender.timezone),
            look=self.look,
            pieces=tuple(pieces),
            start_at=self.job.start_at,
            by_hand=self.job.recall is not None,
        )

        def release() -> None:
            if not all(begin(letter) for letter in letters):
                raise _LostError

        try:
            printed = print_batch(
                manifest, self.folder / batch, measured=self.measured, release=release
            )
        except _LostError:
            return NOT_BEGUN
        except NotPrinted:
            raise
        except AppreciationError as error:
            return _resting(error)
        place = str(printed.folder)
        return Outcome(Result.PRINTED, f"printed into {place}", place=place)

    def _look(self) -> Look:
        sender, settings = self.sender, self.settings
        lines = [sender.name, *sender.address.splitlines()]
        on = settings.shelf
        return Look(
            card=on.card(settings.card),
            envelope=on.labels(settings.labels)
            if settings.labels
            else on.envelope(settings.envelope),
            sender=tuple(line.strip() for line in lines if line.strip()),
            hand=settings.hand,
            ink=settings.ink,
            picture=settings.picture,
            pictures=settings.pictures,
            signature=settings.signature,
            signer=sender.signer,
            language=sender.language,
            duplex=settings.duplex,
            bleed=settings.bleed,
            varies=settings.vary,
            lists_on=usual(sender.country or ""),
        )


class _LostError(Exception):
    """A note of the batch belongs to another process by now: nothing is released."""


def _resting(error: AppreciationError) -> Outcome:
    """Return that no card can be printed just now: no letter is to blame."""
    return Outcome(Result.RESTING, f"{error}: {error.mend}" if error.mend else str(error))


def _insist_on_one_of_each(stocks: Sequence[Stock]) -> None:
    for_words = [each.name for each in stocks if isinstance(each, Card)]
    for_addresses = [each.name for each in stocks if not isinstance(each, Card)]
    for names, what in ((for_words, "cards"), (for_addresses, "addresses")):
        if len(names) > 1:
            raise AppreciationError(
                f"{' and '.join(names)} are both for the {what}",
                mend="name one card, and one envelope or sheet of labels",
            )


def _on(look: Look, stock: Stock) -> Look:
    if isinstance(stock, Card):
        return replace(look, card=stock)
    return replace(look, envelope=stock)
