"""What is theirs: the files about a customer, and forgetting them for good, files too."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appreciation.app import Appreciation
from appreciation.errors import AppreciationError
from appreciation.printing import remaking
from appreciation.printing.calibration import Measured, measured
from appreciation.store import forgetting
from appreciation.store.tables import Customer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of somebody's files: how many are deleted, and what happened to their batches.

    A batch is ``remade`` without their cards, whose numbers those are. Where it ``holds`` them
    still, it could not be: its owner has to delete it.
    """

    files: int
    remade: Mapping[Path, Collection[int]]
    holds: Sequence[Path]


def files_of(app: Appreciation, notes: Collection[int]) -> list[Path]:
    """Return the emails of these notes that lie in the outbox's folder."""
    folder = app.config.resolve(app.config.delivery.outbox.folder)
    wanted = set(notes)
    return [file for file in sorted(folder.glob("*.eml")) if _note_of(file) in wanted]


def forget(app: Appreciation, customer_id: int) -> Gone:
    """Delete a customer with all that is known of them, their emails in the outbox, their cards.

    Raises:
        Busy: a note to them is just leaving.
    """
    with app.store.synced() as session:
        customer = session.get_one(Customer, customer_id)
        cards = forgetting.cards_of(session, customer)
        notes = forgetting.forget(session, customer, app.today())
    files = files_of(app, notes)
    for file in files:
        file.unlink(missing_ok=True)
    remade, holds = {}, []
    for name, numbers in cards.items():
        folder = app.config.resolve(Path(name))
        if not folder.exists():
            continue
        try:
            remaking.leave_out(folder, numbers, _measured(app))
            remade[folder] = numbers
        except (AppreciationError, OSError) as error:
            log.warning("%s stays as it is: %s", folder, error)
            holds.append(folder)
    return Gone(len(files), remade, holds)


def _measured(app: Appreciation) -> Mapping[str, Measured]:
    settings = app.config.delivery.print
    return measured(app.config.resolve(settings.calibration), settings.printer)


def _note_of(file: Path) -> int | None:
    number = file.name.partition("-")[0]
    return int(number) if number.isdecimal() else None
