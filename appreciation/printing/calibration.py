"""What a printer does to a page: four numbers for each of its sides, and how they are undone."""

import json
import math
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from appreciation.errors import AppreciationError

SIDES = ("front", "back")
# What the ruler page shows: its lines this far from the edges, this long.
EDGE_MM, LENGTH_MM = 20.0, 100.0
_FARTHEST_MM, _MOST_STRETCH = 15.0, 0.05


class BadCalibration(AppreciationError):
    """Numbers that no printer can have, or a file that does not hold any."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a ruler says of the ruler page, in millimetres.

    ``left`` and ``top`` are how far its lines lie from those edges of the
    paper, 20 on a true printer; ``across`` and ``down`` how long its lines of
    100 mm are.
    """

    left: float = EDGE_MM
    top: float = EDGE_MM
    across: float = LENGTH_MM
    down: float = LENGTH_MM

    def __post_init__(self) -> None:
        for said, nominal, most in (
            (self.left, EDGE_MM, _FARTHEST_MM),
            (self.top, EDGE_MM, _FARTHEST_MM),
            (self.across, LENGTH_MM, LENGTH_MM * _MOST_STRETCH),
            (self.down, LENGTH_MM, LENGTH_MM * _MOST_STRETCH),
        ):
            if not (math.isfinite(said) and abs(said - nominal) <= most):
                raise BadCalibration(
                    f"{said:g} mm is too far from {nominal:g} mm",
                    mend="print at 100 %, never fitted to the page, and measure once more",
                )

    @property
    def correction(self) -> "Correction":
        """What to do to a page so that it comes out true."""
        stretch_x, stretch_y = LENGTH_MM / self.across, LENGTH_MM / self.down
        # The printer puts a line at x on moved + x / stretch: solve for what lands at the nominal.
        moved_x = self.left - EDGE_MM / stretch_x
        moved_y = self.top - EDGE_MM / stretch_y
        return Correction(-moved_x * stretch_x, -moved_y * stretch_y, stretch_x, stretch_y)


@dataclass(frozen=True, slots=True)
class Correction:
    """A page is stretched from its upper left corner, then moved right and down by millimetres."""

    right: float = 0
    down: float = 0
    stretch_x: float = 1
    stretch_y: float = 1

    @property
    def is_none(self) -> bool:
        """Whether it changes nothing."""
        return (self.right, self.down, self.stretch_x, self.stretch_y) == (0, 0, 1, 1)

    def matrix(self, height: float) -> bytes:
        """Return the numbers of a PDF's ``cm`` for a page of ``height`` points."""
        right, down = self.right * 72 / 25.4, self.down * 72 / 25.4
        rise = height * (1 - self.stretch_y) - down
        return f"{self.stretch_x:.6f} 0 0 {self.stretch_y:.6f} {right:.4f} {rise:.4f}".encode()


def measured(file: Path, printer: str) -> dict[str, Measured]:
    """Return what was measured of each side of ``printer``; nothing was: both are true.

    Raises:
        BadCalibration: the file does not hold such numbers.
    """
    sides = _read(file).get(printer, {})
    try:
        return {side: Measured(**sides.get(side, {})) for side in SIDES}
    except (TypeError, BadCalibration) as error:
        raise BadCalibration(
            f"{file}: {printer}: {error}", mend=f"appreciation stock calibrate --printer {printer}"
        ) from error


def save(file: Path, printer: str, side: str, found: Measured) -> None:
    """Remember what was measured of one ``side`` of ``printer``.

    Raises:
        BadCalibration: the file cannot be written.
    """
    known = _read(file)
    numbers = {name: getattr(found, name) for name in Measured.__slots__}
    known.setdefault(printer, {})[side] = numbers
    lines = ["# What a ruler said of each printer: appreciation stock calibrate", ""]
    for name, sides in sorted(known.items()):
        for each, said in sorted(sides.items(), reverse=True):
            lines.append(f"[{json.dumps(name)}.{each}]")
            lines += [f"{key} = {value:g}" for key, value in said.items()]
            lines.append("")
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        unfinished.write_text("\n".join(lines), encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadCalibration(f"{file} cannot be written: {error.strerror}") from error


def _read(file: Path) -> dict[str, dict[str, dict[str, float]]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadCalibration(f"{file} cannot be read: {error}", mend="take it away") from error
