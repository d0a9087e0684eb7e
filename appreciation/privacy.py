"""What is theirs: the files about a customer, and forgetting them for good, files too."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from appreciation.app import Appreciation
from appreciation.store import forgetting
from appreciation.store.tables import Customer


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of somebody's files: how many are deleted, and where cards to them still lie.

    A batch is printed as a whole, so its folder is left to its owner.
    """

    files: int
    batches: Sequence[Path]


def files_of(app: Appreciation, notes: Collection[int]) -> list[Path]:
    """Return the emails of these notes that lie in the outbox's folder."""
    folder = app.config.resolve(app.config.delivery.outbox.folder)
    wanted = set(notes)
    return [file for file in sorted(folder.glob("*.eml")) if _note_of(file) in wanted]


def forget(app: Appreciation, customer_id: int) -> Gone:
    """Delete a customer with all that is known of them, and their emails in the outbox.

    Raises:
        Busy: a note to them is just leaving.
    """
    with app.store.synced() as session:
        customer = session.get_one(Customer, customer_id)
        folders = forgetting.batches_of(session, customer)
        notes = forgetting.forget(session, customer, app.today())
    files = files_of(app, notes)
    for file in files:
        file.unlink(missing_ok=True)
    printed = (app.config.resolve(Path(folder)) for folder in folders)
    return Gone(len(files), [folder for folder in printed if folder.exists()])


def _note_of(file: Path) -> int | None:
    number = file.name.partition("-")[0]
    return int(number) if number.isdecimal() else None
