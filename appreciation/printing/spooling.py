"""Sends finished sheets to a printer, at their true size."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pikepdf

from appreciation.errors import AppreciationError
from appreciation.printing.pieces import Duplex

_MM_PER_POINT = 25.4 / 72


class NoPrinter(AppreciationError):
    """A printer that cannot be reached; the sheets lie in their folder all the same."""


def insist_on_lp() -> str:
    """Return where the program is that sends sheets to a printer.

    Raises:
        NoPrinter: this machine has none.
    """
    found = shutil.which("lp")
    if found is None:
        raise NoPrinter(
            "there is no lp here, which sends sheets to a printer",
            mend="leave --printer out and print the PDFs of the folder at 100 %",
        )
    return found


def send(files: Sequence[Path], printer: str, turned: Mapping[str, Duplex]) -> None:
    """Hand ``files`` to ``printer``, one job each; ``turned`` are, by name, the two-sided ones.

    All others are for one side: two people's pages must never share a sheet.

    Raises:
        NoPrinter: it does not take them.
    """
    for file in files:
        done = subprocess.run(  # noqa: S603 - lp itself, and each word on its own
            command(file, printer, turned.get(file.name, "off")),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = " ".join(done.stderr.split()) or f"lp ended with {done.returncode}"
            raise NoPrinter(
                f"{printer} did not take {file.name}: {said}",
                mend=f"see lpstat -p, or print the PDFs in {file.parent} at 100 %",
            )


def command(file: Path, printer: str, turned: Duplex = "off") -> list[str]:
    """Return the words that send ``file`` to ``printer``.

    Raises:
        NoPrinter: nothing here could.
    """
    options = _options(file, turned)
    return [insist_on_lp(), "-d", printer, "-t", file.stem, *options, "--", str(file)]


def _options(file: Path, turned: Duplex) -> list[str]:
    with pikepdf.open(file) as document:
        _, _, width, height = (float(side) * _MM_PER_POINT for side in document.pages[0].mediabox)
    media = f"Custom.{min(width, height):.1f}x{max(width, height):.1f}mm"
    is_landscape = width > height
    sides = "one-sided" if turned == "off" else f"two-sided-{turned}"
    return [
        *(
            "-o",
            f"media={media}",
            "-o",
            f"orientation-requested={4 if is_landscape else 3}",
        ),
        *("-o", "print-scaling=none", "-o", f"sides={sides}"),
    ]
