"""Runs the typesetter, in processes of their own, and joins what they set."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf

from appreciation.printing.faces import Face
from appreciation.printing.sheets import Sheet

# A process that sets more than this needs too much memory.
AT_ONCE = 1000
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Overrun:
    """How far a piece is from fitting at the smallest size allowed."""

    lines: int
    wide: tuple[str, ...]


def overruns(sheet: Sheet) -> dict[str, Overrun]:
    """Return, by code, the pieces that do not fit; nothing is written."""
    with TemporaryDirectory(prefix="appreciation-") as shop:
        _, over = _set(sheet, Path(shop), None)
    return over


def press(sheet: Sheet, target: Path, on: date) -> dict[str, Overrun]:
    """Write ``sheet`` as a PDF to ``target``, dated ``on``, the same bytes every time.

    Returns, by code, the pieces that do not fit; if there are any, nothing is
    written.
    """
    with TemporaryDirectory(prefix="appreciation-") as shop:
        parts, over = _set(sheet, Path(shop), on)
        if not over:
            _join(parts, target)
    return over


def _set(sheet: Sheet, shop: Path, on: date | None) -> tuple[list[Path], dict[str, Overrun]]:
    fonts = _font_folders(sheet.faces, shop / "fonts")
    parts, over = [], {}
    size = AT_ONCE if sheet.steps else len(sheet.pieces)
    for start in range(0, len(sheet.pieces), size):
        part = shop / f"part-{start}.pdf"
        root = _root(sheet, start, size, shop / f"part-{start}")
        job = {
            "root": str(root),
            "sheet": sheet.file,
            "fonts": fonts,
            "steps": sheet.steps,
            "output": str(part) if on else None,
            "timestamp": _seconds(on) if on else 0,
        }
        for code, found in _run(job).items():
            over[code] = Overrun(found["lines"], tuple(found["wide"]))
        parts.append(part)
    return parts, over


def _root(sheet: Sheet, start: int, size: int, root: Path) -> Path:
    """Return a folder that holds only what the typesetter may read.

    It follows symbolic links inside its root, so nothing but copies lies there.
    """
    root.mkdir()
    shutil.copyfile(HERE / sheet.file, root / sheet.file)
    data = {**sheet.data, "pieces": sheet.pieces[start : start + size]}
    (root / "data.json").write_text(json.dumps(data), encoding="utf-8")
    return root


def _font_folders(faces: Sequence[Face], folder: Path) -> list[str]:
    """Return a folder of copies: the typesetter takes only folders, whole."""
    folder.mkdir()
    for number, face in enumerate(faces):
        shutil.copyfile(face.file, folder / f"{number}{face.file.suffix}")
    return [str(folder)]


def _run(job: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 (our own file, and no word of it from outside)
        [sys.executable, "-P", str(HERE / "compiling.py")],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{job['sheet']} was not set: {done.stderr.decode(errors='replace')}")
    over: dict[str, Any] = json.loads(done.stdout)
    return over


def _join(parts: Sequence[Path], target: Path) -> None:
    with pikepdf.open(parts[0]) as whole:
        for part in parts[1:]:
            with pikepdf.open(part) as more:
                whole.pages.extend(more.pages)
        for page in whole.pages:
            page.trimbox = page.mediabox
        whole.save(target, deterministic_id=True)


def _seconds(on: date) -> int:
    return int(datetime.combine(on, time(), UTC).timestamp())
