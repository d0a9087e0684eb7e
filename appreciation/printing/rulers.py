"""A page of rulers, to measure by hand what a printer does to a page."""

from datetime import date
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.printing.calibration import EDGE_MM, LENGTH_MM
from appreciation.printing.faces import sans
from appreciation.printing.grids import PAPERS, Paper, usual
from appreciation.printing.press import press
from appreciation.printing.sheets import Sheet
from appreciation.printing.stocks import Envelope, Stock

_SMALLEST_MM = EDGE_MM + LENGTH_MM + 15
_DAY = date(2000, 1, 1)


def usual_paper(country: str) -> Paper:
    """Return the paper that lies in the printers of ``country``."""
    return PAPERS[usual(country)]


def draw_rulers(target: Path, paper: Paper, stock: Stock | None = None) -> None:
    """Write two pages of rulers on ``paper``, a front and a back; with the outlines of ``stock``.

    Raises:
        AppreciationError: the paper is too small for them.
    """
    if min(paper.width, paper.height) < _SMALLEST_MM:
        raise AppreciationError(
            f"a sheet of {paper.width:g} x {paper.height:g} mm is too small for rulers",
            mend="leave the stock out, and measure on a full sheet",
        )
    grid = None if stock is None or isinstance(stock, Envelope) else stock.grid
    cells = [[each.x, each.y, each.width, each.height] for each in grid or ()]
    pages = [{"side": side, "cells": cells} for side in ("front", "back")]
    data = {
        "title": "Rulers",
        "paper": [paper.width, paper.height],
        "edge": EDGE_MM,
        "length": LENGTH_MM,
    }
    press(Sheet("rulers.typ", data, pages, [sans()]), target, _DAY)
