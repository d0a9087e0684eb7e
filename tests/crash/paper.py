"""A feast on paper: everybody gets a card, and the PDFs in ``print/`` are the judge."""

import re
from collections import Counter
from pathlib import Path

import pypdfium2

from appreciation.store.tables import NoteState
from tests.crash.feast import SETTINGS, Guests, surname

BY_POST = 'by = "post"\n'
GUEST = re.compile(r"Quill[a-j]+\b")


class Paper(Guests):
    """Guests who get a card."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, SETTINGS + BY_POST, url)

    def went_well(self) -> int:
        """Return how many are in doubt; all others were printed once, and each batch is whole."""
        notes = self.shop.notes()
        doubted = [note for note in notes if note.state is NoteState.IN_DOUBT]
        printed = {surname(note.customer_id - 1) for note in notes if note not in doubted}
        addressed = self._named_in("envelopes.pdf")
        assert set(self.states()) <= {"printed", "in_doubt"}
        assert len(notes) == self.guests
        assert set(addressed.values()) <= {1}, "somebody gets two cards"
        assert printed <= set(addressed), "somebody gets none"
        assert self._named_in("pick-list.pdf") == addressed
        assert len(self._pages("cards.pdf")) == addressed.total()
        return len(doubted)

    def _named_in(self, file: str) -> Counter[str]:
        """Return how often each guest is named in the files of this name, of all batches."""
        return Counter(GUEST.findall(" ".join(self._pages(file))))

    def _pages(self, file: str) -> list[str]:
        # What lies there unfinished is hidden from the owner, and from us.
        batches = (self.shop.folder / "print").glob("[!.]*")
        return [page for batch in batches for page in _texts(batch / file)]


def _texts(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file) as document:
        return [page.get_textpage().get_text_range() for page in document]
