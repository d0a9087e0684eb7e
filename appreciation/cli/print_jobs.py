"""What a person's batch needs beyond its notes: memories, a printer and what was measured of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shlex import join

import typer

from appreciation.app import Appreciation
from appreciation.cli.door import asks, plural, say
from appreciation.delivery.letters import Job, Letters, Memories
from appreciation.errors import AppreciationError, Busy, NeedsALook
from appreciation.printing.calibration import Measured, measured
from appreciation.printing.manifest import load
from appreciation.printing.spooling import command, insist_on_lp, send
from appreciation.printing.typesetting import CARDS, OUTSIDES
from appreciation.store.batches import failed_since, in_hand, remembered, waiting
from appreciation.words.markdown import to_text


def prepare(
    app: Appreciation,
    stocks: Sequence[str],
    start_at: int,
    printer: str | None,
    *,
    by_hand: bool,
) -> str:
    """Let ``app`` print the next batch as asked; return the name of the backend that will.

    Raises:
        AppreciationError: it is asked for what there is not.
    """
    if printer:
        insist_on_lp()
    carrier = app.carriers["post"]
    backend = app.backends[carrier]
    if isinstance(backend, Letters):
        job = Job(tuple(stocks), start_at, printer or "", recall_of(app) if by_hand else None)
        asked = backend.for_job(job)
        app.backends = {**app.backends, carrier: asked}
        if asked.misfit:
            say(asked.misfit)
    elif stocks or by_hand or printer or start_at != 1:
        raise AppreciationError(
            f"{carrier} prints by itself and takes none of these", mend="appreciation batch make"
        )
    return carrier


def tell_failed(app: Appreciation, carrier: str, since: datetime) -> None:
    """Say whose notes ``carrier`` could not print, and what mends each."""
    with app.store.reading() as session:
        failed = failed_since(session, carrier, since)
        for note in failed:
            say(f"note {note.id} to {note.customer.name} was not printed: {note.reason}")
    numbers = " ".join(str(note.id) for note in failed)
    say(f"once mended: appreciation note retry {numbers}")


def tell_nothing(app: Appreciation, carrier: str) -> None:
    """Say why there was no card to print.

    Raises:
        Busy: another process is printing just now.
        NeedsALook: the store is on hold.
    """
    if (held := app.on_hold()) is not None:
        raise NeedsALook(f"nothing leaves: {held.held_why}", mend="appreciation resume")
    with app.store.reading() as session:
        taken, unread = in_hand(session, carrier), waiting(session, carrier)
    if taken:
        raise Busy(
            f"another process is printing {plural(taken, 'card')} just now",
            mend="appreciation batch list, in a minute",
        )
    say("no approved card is due")
    if unread:
        say(f"waiting for your yes: {plural(unread, 'card')}; appreciation note preview")


def recall_of(app: Appreciation) -> Callable[[Sequence[int]], Mapping[int, Memories]]:
    """Return what asks the store for all that a person would want to remember."""

    def recall(note_ids: Sequence[int]) -> Mapping[int, Memories]:
        with app.store.reading() as session:
            found = remembered(session, note_ids)
        return {
            note_id: Memories(tuple(facts), to_text(before))
            for note_id, (facts, before) in found.items()
        }

    return recall


def measured_of(app: Appreciation, printer: str | None) -> Mapping[str, Measured]:
    """Return what was measured of ``printer``, or of the one in the settings."""
    settings = app.config.delivery.print
    return measured(app.config.resolve(settings.calibration), printer or settings.printer)


def hand_over(folder: Path, printer: str | None, *, is_shown: bool) -> None:
    """Send what lies in ``folder`` to ``printer``; without one, open the folder for a person."""
    if printer:
        files = [file for file in sorted(folder.glob("*.pdf")) if file.name != OUTSIDES]
        send(files, printer, {CARDS: load(folder).turned})
        say(f"sent to {printer}")
        # Sent at once, it would go onto fresh paper.
        if (outsides := folder / OUTSIDES).exists():
            say("turn the stack of cards like the page of a book, and print their other side:")
            say(join(command(outsides, printer)))
    elif is_shown and asks():
        typer.launch(str(folder))
