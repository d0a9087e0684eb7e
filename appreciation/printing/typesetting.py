"""A batch of letters on paper: what cannot be printed, and the rest printed whole."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from glob import escape
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from appreciation.machine import host, is_alive
from appreciation.printing import proofreading
from appreciation.printing.checking import (
    faults_in_room,
    faults_in_words,
    insist,
    letters_of,
)
from appreciation.printing.faces import faces_for
from appreciation.printing.pieces import Look, Piece
from appreciation.printing.press import overruns, press
from appreciation.printing.refusals import FolderTaken, NotPrinted, Unprintable
from appreciation.printing.sheets import card_sheet, envelope_sheet, pick_list_sheet

__all__ = ["Look", "Piece", "Printed", "preflight", "preview", "print_batch"]

CARDS, ENVELOPES, PICK_LIST = "cards.pdf", "envelopes.pdf", "pick-list.pdf"
NO_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Printed:
    """The three files of a released batch, all in one order."""

    cards: Path
    envelopes: Path
    pick_list: Path


def preflight(pieces: Sequence[Piece], look: Look) -> dict[str, str]:
    """Return, by code, one sentence on why a piece cannot be printed; nothing if all can."""
    faces = faces_for(letters_of(pieces, look), look.face)
    faults = faults_in_words(pieces, look, faces)
    fair = [piece for piece in pieces if piece.code not in faults]
    if fair:
        with ThreadPoolExecutor() as both:
            cards = both.submit(overruns, card_sheet(fair, look, faces, ""))
            envelopes = both.submit(overruns, envelope_sheet(fair, look, faces, ""))
        faults |= faults_in_room(look, cards.result(), envelopes.result())
    return {piece.code: str(faults[piece.code]) for piece in pieces if piece.code in faults}


def print_batch(
    pieces: Sequence[Piece],
    look: Look,
    folder: Path,
    *,
    title: str,
    made_on: date,
    release: Callable[[], None] = lambda: None,
) -> Printed:
    """Print ``pieces`` into the new ``folder``: all three files, or nothing.

    The files are read back and compared first. ``release`` is called at the
    point of no return, just before one rename puts the folder in place; if it
    raises, nothing is left behind.

    Raises:
        NotPrinted: a piece cannot be printed, the folder is there already or
            cannot be written, or the files do not belong together.
    """
    _insist_on_distinct_codes(pieces)
    _insist_on_absence(folder)
    with TemporaryDirectory(prefix="appreciation-") as shop:
        made = _files(Path(shop))
        _print(pieces, look, made, title, made_on)
        proofreading.check_cards(made.cards, pieces, look)
        proofreading.check_envelopes(made.envelopes, pieces, look)
        proofreading.check_pick_list(made.pick_list, pieces)
        try:
            _put_in_place(made, folder, release)
        except OSError as error:
            raise NotPrinted(
                f"could not write {folder}: {error.strerror}",
                mend="free some space, or name another folder under [delivery.print]",
            ) from error
    return _files(folder)


def preview(piece: Piece, look: Look, target: Path) -> None:
    """Write the card of ``piece``, one page, to ``target``.

    Raises:
        NotPrinted: it cannot be printed.
    """
    faces = faces_for(letters_of([piece], look), look.face)
    insist([piece], faults_in_words([piece], look, faces))
    unfinished = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        over = press(card_sheet([piece], look, faces, piece.name), unfinished, NO_DAY)
        insist([piece], faults_in_room(look, over, {}))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _print(pieces: Sequence[Piece], look: Look, made: Printed, title: str, made_on: date) -> None:
    faces = faces_for(letters_of(pieces, look), look.face)
    insist(pieces, faults_in_words(pieces, look, faces))
    # Two at once: each process may take half a gigabyte.
    with ThreadPoolExecutor(max_workers=2) as hands:
        cards = hands.submit(press, card_sheet(pieces, look, faces, title), made.cards, made_on)
        envelopes = hands.submit(
            press, envelope_sheet(pieces, look, faces, title), made.envelopes, made_on
        )
        pick_list = hands.submit(
            press, pick_list_sheet(pieces, faces, title, made_on), made.pick_list, made_on
        )
    pick_list.result()
    insist(pieces, faults_in_room(look, cards.result(), envelopes.result()))


def _insist_on_distinct_codes(pieces: Sequence[Piece]) -> None:
    if not pieces:
        raise Unprintable("there is nothing to print")
    code, times = Counter(piece.code for piece in pieces).most_common(1)[0]
    if times > 1:
        raise ValueError(f"the code {code!r} stands for {times} pieces")


def _insist_on_absence(folder: Path) -> None:
    # A link that leads nowhere does not "exist", but takes the place all the same.
    if os.path.lexists(folder):
        raise FolderTaken(
            f"{folder} is there already", mend="print into another folder, or move that one away"
        )


def _put_in_place(made: Printed, folder: Path, release: Callable[[], None]) -> None:
    """Copy the files beside ``folder``, call ``release``, and rename the copy to it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    unfinished = folder.with_name(f".{folder.name}.{host()}.{os.getpid()}.unfinished")
    unfinished.mkdir()
    try:
        for file in (made.cards, made.envelopes, made.pick_list):
            _copy_to_disk(file, unfinished / file.name)
        _insist_on_absence(folder)
        release()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _sweep(shelf: Path) -> None:
    """Take away what killed runs of this machine left: nobody would find the addresses in it."""
    for left in shelf.glob(f".*.{escape(host())}.*.unfinished"):
        process = int(left.name.split(".")[-2])
        if process == os.getpid() or not is_alive(process):
            shutil.rmtree(left, ignore_errors=True)


def _copy_to_disk(source: Path, target: Path) -> None:
    with source.open("rb") as made, target.open("xb") as file:
        shutil.copyfileobj(made, file)
        file.flush()
        os.fsync(file.fileno())


def _files(folder: Path) -> Printed:
    return Printed(folder / CARDS, folder / ENVELOPES, folder / PICK_LIST)
