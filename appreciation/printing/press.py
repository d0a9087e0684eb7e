"""Runs the typesetter, in processes of their own, and joins what they set."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf

from appreciation.printing.calibration import Correction
from appreciation.printing.faces import Face
from appreciation.printing.imposition import Side
from appreciation.printing.sheets import POINTS_PER_MM, Sheet, spots_to_set

# With fewer for each, starting a second process costs more than it saves.
_AT_LEAST = 150
_HANDS = 2
# What a process says whose disk is full, or whose share of it is.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
HERE = Path(__file__).parent


class NotSet(RuntimeError):
    """The typesetter gave up: a picture that it cannot draw, or a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Overrun:
    """How far a piece is from fitting into one of its zones at the smallest size allowed."""

    zone: str
    lines: int
    wide: tuple[str, ...]


def press(sheet: Sheet, target: Path, on: date) -> dict[str, Overrun]:
    """Write ``sheet`` as a PDF to ``target``, dated ``on``, the same bytes every time.

    Returns, by code, the pieces that do not fit; if there are any, nothing is
    written.
    """
    with TemporaryDirectory(prefix="appreciation-") as shop:
        parts, over = _set(sheet, Path(shop), on)
        if not over:
            _join(parts, target, sheet.bleed)
    return over


def cannot_draw(file: Path) -> str:
    """Return why the typesetter cannot draw the picture ``file``, in its own words; or nothing."""
    name = f"picture{file.suffix.lower()}"
    sheet = Sheet("picture.typ", {"file": name}, [], [], files={name: file})
    with TemporaryDirectory(prefix="appreciation-") as shop:
        try:
            press(sheet, Path(shop) / "picture.pdf", date(2000, 1, 1))
        except NotSet as error:
            return str(error).strip().rpartition("\n")[2].partition(": ")[2]
    return ""


def part(source: Path, targets: Sequence[tuple[Path, Sequence[int]]]) -> None:
    """Write the pages of ``source`` with these numbers, from 0, to each of ``targets``."""
    for target, pages in targets:
        with pikepdf.open(source) as whole, pikepdf.new() as some:
            some.pages.extend([whole.pages[number] for number in pages])
            some.docinfo.update(dict(whole.docinfo.items()))
            some.save(target, deterministic_id=True)


def correct(file: Path, corrections: Sequence[Correction]) -> None:
    """Move and stretch the pages of ``file`` by ``corrections``, used by turns."""
    if all(each.is_none for each in corrections):
        return
    with pikepdf.open(file, allow_overwriting_input=True) as document:
        end = document.make_stream(b"\nQ")
        for number, page in enumerate(document.pages):
            each = corrections[number % len(corrections)]
            matrix = each.matrix(float(page.mediabox[3]))
            page.contents_add(document.make_stream(b"q %s cm\n" % matrix), prepend=True)
            page.contents_add(end)
        document.save(file, deterministic_id=True)


def _set(sheet: Sheet, shop: Path, on: date) -> tuple[list[Path], dict[str, Overrun]]:
    fonts = _font_folders(sheet.faces, shop / "fonts")
    parts = _parts_of(sheet)
    with ThreadPoolExecutor(_HANDS) as hands:
        jobs = [
            hands.submit(_set_part, each, shop / f"part-{number}", fonts, on)
            for number, each in enumerate(parts)
        ]
    over = {}
    for job in jobs:
        for code, found in job.result().items():
            over[code] = Overrun(found["zone"], found["lines"], tuple(found["wide"]))
    return [shop / f"part-{number}.pdf" for number in range(len(parts))], over


def _set_part(sheet: Sheet, root: Path, fonts: list[str], on: date) -> dict[str, Any]:
    _fill(root, sheet)
    job = {
        "root": str(root),
        "sheet": sheet.file,
        "fonts": fonts,
        "steps": sheet.steps,
        "output": str(root.with_suffix(".pdf")),
        "timestamp": _seconds(on),
    }
    return _run(job)


def _parts_of(sheet: Sheet) -> list[Sheet]:
    """Return ``sheet`` as parts of whole sheets of paper, one for each process."""
    count = len(sheet.pieces)
    if not sheet.sides or count < 2 * _AT_LEAST:
        return [sheet]
    wanted = max(min(_HANDS, os.cpu_count() or 1), -(-count // sheet.at_once))
    # Front and back stay together.
    pace = 2 if any(side.is_outside for side in sheet.sides) else 1
    sheets = -(-len(sheet.sides) // pace)
    at_once = -(-sheets // wanted) * pace
    return [
        _part(sheet, sheet.sides[start : start + at_once])
        for start in range(0, len(sheet.sides), at_once)
    ]


def _part(sheet: Sheet, sides: Sequence[Side]) -> Sheet:
    here = [spot.piece for side in sides for spot in side.spots]
    first, last = min(here), max(here)
    moved = [
        replace(side, spots=tuple(replace(spot, piece=spot.piece - first) for spot in side.spots))
        for side in sides
    ]
    return replace(sheet, pieces=sheet.pieces[first : last + 1], sides=moved)


def _fill(root: Path, sheet: Sheet) -> None:
    """Fill the folder that holds all that the typesetter may read.

    It follows symbolic links inside its root, so nothing but copies lies there.
    """
    root.mkdir()
    for file in HERE.glob("*.typ"):
        shutil.copyfile(file, root / file.name)
    for name, picture in sheet.files.items():
        shutil.copyfile(picture, root / name)
    sides = (
        {"sides": [spots_to_set(side, sheet.bleed) for side in sheet.sides]} if sheet.sides else {}
    )
    data = {**sheet.data, "pieces": sheet.pieces, **sides}
    (root / "data.json").write_text(json.dumps(data), encoding="utf-8")


def _font_folders(faces: Sequence[Face], folder: Path) -> list[str]:
    """Return a folder of copies: the typesetter takes only folders, whole."""
    folder.mkdir()
    for number, face in enumerate(dict.fromkeys(faces)):
        shutil.copyfile(face.file, folder / f"{number}{face.file.suffix}")
    return [str(folder)]


def _run(job: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 (our own file, and no word of it from outside)
        [sys.executable, "-P", str(HERE / "compiling.py")],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
    )
    said = done.stderr.decode(errors="replace")
    for number in _NO_ROOM:
        if done.returncode and os.strerror(number) in said:
            raise OSError(number, os.strerror(number))
    if done.returncode:
        raise NotSet(f"{job['sheet']} was not set: {said}")
    over: dict[str, Any] = json.loads(done.stdout)
    return over


def _join(parts: Sequence[Path], target: Path, bleed: float) -> None:
    with pikepdf.open(parts[0]) as whole:
        for part in parts[1:]:
            with pikepdf.open(part) as more:
                whole.pages.extend(more.pages)
        for page in whole.pages:
            page.trimbox = _inner(page.mediabox, bleed * POINTS_PER_MM)
            if bleed:
                page.bleedbox = page.mediabox
        whole.save(target, deterministic_id=True)


def _inner(box: Any, by: float) -> pikepdf.Array:
    left, bottom, right, top = map(float, box)
    return pikepdf.Array([left + by, bottom + by, right - by, top - by])


def _seconds(on: date) -> int:
    return int(datetime.combine(on, time(), UTC).timestamp())
