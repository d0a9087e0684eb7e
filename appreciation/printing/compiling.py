"""Typesets one sheet in a process of its own, whose memory ends with it.

The typesetter keeps all it ever set in a cache. Reads a job as JSON from
stdin, writes the PDF, and answers on stdout which pieces did not fit. Started
by its path and importing none of our rooms, so that it finds itself wherever
we are installed.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import typst

# Asked from outside: marks that knew their own place would be set twice.
ENDS = "query(<end>).map(mark => { let at = mark.location().position(); (at.page, at.y.pt()) })"
WIDE = "query(<wide>).map(mark => mark.value)"


def run(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Set the sheet in ``job``; return, by code, what has no room, and then write nothing.

    A piece that is too long is tried at each of the job's ``steps``; those
    that fit at once are not set again until all are.
    """
    root = Path(job["root"])
    data = json.loads((root / "data.json").read_text(encoding="utf-8"))
    pieces = data["pieces"]
    over: dict[str, dict[str, Any]] = {}
    loose = pieces if job["steps"] else []
    for step in job["steps"]:
        for piece in loose:
            piece["scale"] = step
        over = _over(_compiler(root, data | {"pieces": loose}, job), data, loose)
        loose = [piece for piece in loose if piece["code"] in over]
        if not loose:
            break
    if not over and job["output"]:
        _compiler(root, data, job).compile(
            output=job["output"], format="pdf", timestamp=job["timestamp"], pdf_tags=False
        )
    return over


def _compiler(root: Path, data: dict[str, Any], job: dict[str, Any]) -> typst.Compiler:
    (root / "data.json").write_text(json.dumps(data), encoding="utf-8")
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"]
    )
    return typst.Compiler(
        str(root / job["sheet"]), root=str(root), font_paths=fonts, ignore_system_fonts=True
    )


def _over(
    compiler: typst.Compiler, data: dict[str, Any], pieces: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return, by code, what does not fit: the lines too many, the words too wide."""
    ends = json.loads(compiler.eval(ENDS))
    wide = {mark["code"]: mark["words"] for mark in json.loads(compiler.eval(WIDE))}
    over = {}
    last_page = 0
    for piece, (page, y) in zip(pieces, ends, strict=True):
        code = piece["code"]
        lines = _lines_over(page - last_page - 1, y, data["room"], piece["pitch"] * piece["scale"])
        if lines or wide.get(code):
            over[code] = {"lines": lines, "wide": wide.get(code, [])}
        last_page = page
    return over


def _lines_over(pages: int, y: float, room: dict[str, float], pitch: float) -> int:
    if not pages:
        return 0
    # What is left of a full page below its last whole line is lost.
    lines_on_a_page = int((room["bottom"] - room["top"]) / pitch + 0.1)
    return (pages - 1) * lines_on_a_page + max(1, math.ceil((y - room["top"]) / pitch - 0.1))


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
