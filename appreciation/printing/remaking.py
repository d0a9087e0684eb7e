"""A printed batch made anew without some of its cards, so that no file tells of them any more."""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from appreciation.printing import manifest as manifests
from appreciation.printing.calibration import Measured
from appreciation.printing.typesetting import print_batch

_UNFINISHED = ".anew"


def leave_out(folder: Path, numbers: Collection[int], measured: Mapping[str, Measured]) -> None:
    """Make the batch in ``folder`` anew without the cards of these ``numbers``.

    The others keep their codes. What was printed once more goes where one of
    the cards is in it, since it can be printed again; a batch that held
    nothing else goes whole.

    Raises:
        AppreciationError: it cannot be read or printed any more, and stays as it is.
    """
    manifest = manifests.load(folder)
    rest = _without(manifest, numbers)
    if not rest.pieces:
        shutil.rmtree(folder)
        return
    anew = folder / _UNFINISHED
    shutil.rmtree(anew, ignore_errors=True)
    made = print_batch(rest, anew, measured=measured)
    # The manifest comes last: until then this can be done once more.
    for name in (*made.names, manifests.FILE):
        (anew / name).replace(folder / name)
    anew.rmdir()
    for again in folder.glob("reprint-*"):
        printed = manifests.load(again)
        if _without(printed, numbers) != printed:
            shutil.rmtree(again)


def _without(manifest: manifests.Manifest, numbers: Collection[int]) -> manifests.Manifest:
    kept = tuple(each for each in manifest.pieces if manifests.number(each) not in numbers)
    return replace(manifest, pieces=kept)
