"""A batch of letters on paper: what cannot be printed, and the rest printed whole."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from appreciation.printing import manifest as manifests
from appreciation.printing import proofreading
from appreciation.printing.calibration import SIDES, Measured
from appreciation.printing.cards import card_sheet
from appreciation.printing.checking import (
    faults_in_room,
    faults_in_words,
    insist,
    insist_on_drawing,
    letters_of,
)
from appreciation.printing.envelopes import envelope_sheet, label_sheet
from appreciation.printing.faces import HANDS, Faces, faces_for
from appreciation.printing.imposition import insist_on_start
from appreciation.printing.lists import pick_list_sheet, to_write_sheet
from appreciation.printing.manifest import Manifest
from appreciation.printing.pictures import insist_on_picture, insist_on_signature
from appreciation.printing.pieces import Look, Piece
from appreciation.printing.press import NotSet, Overrun, correct, part, press
from appreciation.printing.refusals import NotPrinted, Unprintable
from appreciation.printing.releasing import insist_on_absence, put_in_place
from appreciation.printing.sheets import Sheet
from appreciation.printing.stocks import Labels

__all__ = ["Look", "Manifest", "Piece", "Printed", "preview", "print_batch", "reprint"]

CARDS, OUTSIDES = "cards.pdf", "outsides.pdf"
ENVELOPES, LABELS = "envelopes.pdf", "labels.pdf"
PICK_LIST, TO_WRITE = "pick-list.pdf", "to-write.pdf"
NO_DAY = date(2000, 1, 1)
TRUE: Mapping[str, Measured] = {side: Measured() for side in SIDES}


@dataclass(frozen=True, slots=True)
class Printed:
    """A released batch: its folder, and its files in the order in which they are printed."""

    folder: Path
    names: tuple[str, ...]

    @property
    def files(self) -> list[Path]:
        """The PDFs."""
        return [self.folder / name for name in self.names]


@dataclass(slots=True)
class _Shop:
    """The sheets of one batch under way, by the name of their file."""

    manifest: Manifest
    folder: Path
    faces: Faces
    sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def card(self) -> str:
        """The name of the file that holds what is written."""
        return TO_WRITE if self.manifest.by_hand else CARDS

    @property
    def address(self) -> str:
        """The name of the file that holds the addresses."""
        return LABELS if isinstance(self.manifest.look.envelope, Labels) else ENVELOPES


def print_batch(
    manifest: Manifest,
    folder: Path,
    *,
    measured: Mapping[str, Measured] = TRUE,
    release: Callable[[], None] = lambda: None,
) -> Printed:
    """Print ``manifest`` into the new ``folder``: all its files, or nothing.

    The files are read back and compared first; then they are moved as the
    printer's two sides were ``measured``. ``release`` is called at the point
    of no return, just before one rename puts the folder in place; if it
    raises, nothing is left behind.

    Raises:
        NotPrinted: a piece cannot be printed, the folder is there already or
            cannot be written, or the files do not belong together.
        AppreciationError: the manifest asks for what there is not.
    """
    _insist_on_distinct_codes(manifest.pieces)
    _insist_on_places(manifest)
    insist_on_absence(folder)
    if manifest.look.signature:
        insist_on_signature(manifest.look.signature)
    insist_on_picture(manifest.look)
    try:
        with TemporaryDirectory(prefix="appreciation-") as name:
            faces = _faces(manifest.pieces, manifest.look)
            shop = _Shop(manifest, Path(name), faces)
            try:
                _print(shop)
            except NotSet:
                insist_on_drawing(manifest.pieces, manifest.look)
                raise
            _proofread(shop)
            names = _finish(shop, measured)
            put_in_place(Path(name), names, folder, release)
    except OSError as error:
        raise NotPrinted(
            f"could not write {folder}: {error.strerror}",
            mend="free some space, or name another folder under [delivery.print]",
        ) from error
    return Printed(folder, names[:-1])


def reprint(
    folder: Path,
    first: int,
    last: int,
    *,
    start_at: int = 1,
    measured: Mapping[str, Measured] = TRUE,
) -> Printed:
    """Print the pieces from number ``first`` to ``last`` of the batch in ``folder`` once more.

    They go into a folder of their own inside of it, made of what the batch was
    frozen as, whatever has changed since.

    Raises:
        AppreciationError: the batch has no such pieces, or cannot be read any more.
        NotPrinted: they cannot be printed.
    """
    manifest = manifests.load(folder).some(first, last, start_at)
    name = f"reprint-{first}-{last}"
    taken = sum(each.name.startswith(name) for each in folder.iterdir())
    target = folder / (f"{name}-{taken + 1}" if taken else name)
    return print_batch(manifest, target, measured=measured)


def preview(piece: Piece, look: Look, target: Path) -> None:
    """Write the card of ``piece``, alone, to ``target``.

    Raises:
        NotPrinted: it cannot be printed.
    """
    if look.signature:
        insist_on_signature(look.signature)
    faces = _faces([piece], look)
    insist([piece], faults_in_words([piece], look, faces))
    unfinished = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        over = press(card_sheet([piece], look, faces, piece.name), unfinished, NO_DAY)
        insist([piece], faults_in_room(look, over, {}))
        unfinished.replace(target)
    except NotSet:
        insist_on_drawing([piece], look)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def _faces(pieces: Sequence[Piece], look: Look) -> Faces:
    hands = {piece.hand for piece in pieces if piece.hand in HANDS}
    return faces_for(letters_of(pieces, look), [look.hand, *sorted(hands)])


def _address_sheet(
    pieces: Sequence[Piece], look: Look, faces: Faces, title: str, start_at: int
) -> Sheet:
    if isinstance(look.envelope, Labels):
        return label_sheet(pieces, look.envelope, faces, title, start_at)
    return envelope_sheet(pieces, look, faces, title)


def _print(shop: _Shop) -> None:
    manifest, faces = shop.manifest, shop.faces
    pieces, look, title = manifest.pieces, manifest.look, manifest.title
    insist(pieces, faults_in_words(pieces, look, faces))
    labels = isinstance(look.envelope, Labels)
    if manifest.by_hand:
        shop.sheets[TO_WRITE] = to_write_sheet(manifest, faces)
    else:
        start_at = 1 if labels else manifest.start_at
        shop.sheets[CARDS] = card_sheet(pieces, look, faces, title, start_at)
    if not look.card.address or manifest.by_hand:
        shop.sheets[shop.address] = _address_sheet(
            pieces, look, faces, title, manifest.start_at if labels else 1
        )
    shop.sheets[PICK_LIST] = pick_list_sheet(manifest, faces)
    # Two at once: each process may take a quarter of a gigabyte.
    with ThreadPoolExecutor(max_workers=2) as hands:
        pressed = {
            name: hands.submit(press, sheet, shop.folder / name, manifest.made_on)
            for name, sheet in shop.sheets.items()
        }
    over = {name: each.result() for name, each in pressed.items()}
    nothing: dict[str, Overrun] = {}
    insist(pieces, faults_in_room(look, over.get(CARDS, nothing), over.get(shop.address, nothing)))


def _proofread(shop: _Shop) -> None:
    pieces = shop.manifest.pieces
    for name, sheet in shop.sheets.items():
        file = shop.folder / name
        if name == PICK_LIST:
            proofreading.check_list(file, pieces)
        elif name == TO_WRITE:
            proofreading.check_each_page(file, pieces)
        else:
            proofreading.check(file, name.removesuffix(".pdf"), sheet, pieces)


def _finish(shop: _Shop, measured: Mapping[str, Measured]) -> tuple[str, ...]:
    """Part and move the pages as the printer needs them; return the files to release."""
    names = list(shop.sheets)
    front, back = (measured[side].correction for side in SIDES)
    look = shop.manifest.look
    if CARDS in names and look.card.is_two_sided:
        if look.duplex == "off":
            count = len(shop.sheets[CARDS].sides)
            both = shop.folder / "both.pdf"
            (shop.folder / CARDS).rename(both)
            part(
                both,
                [
                    (shop.folder / CARDS, range(0, count, 2)),
                    (shop.folder / OUTSIDES, range(1, count, 2)),
                ],
            )
            names.insert(1, OUTSIDES)
        else:
            correct(shop.folder / CARDS, [front, back])
    for name in {CARDS, OUTSIDES, ENVELOPES, LABELS} & set(names):
        if name != CARDS or not look.card.is_two_sided or look.duplex == "off":
            correct(shop.folder / name, [front])
    manifests.save(shop.manifest, shop.folder / manifests.FILE)
    return (*names, manifests.FILE)


def _insist_on_distinct_codes(pieces: Sequence[Piece]) -> None:
    if not pieces:
        raise Unprintable("there is nothing to print")
    code, times = Counter(piece.code for piece in pieces).most_common(1)[0]
    if times > 1:
        raise ValueError(f"the code {code!r} stands for {times} pieces")


def _insist_on_places(manifest: Manifest) -> None:
    look = manifest.look
    stock = look.envelope if isinstance(look.envelope, Labels) else look.card
    insist_on_start(manifest.start_at, stock.grid, stock.name)
