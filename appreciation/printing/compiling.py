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
PLACES = "query(<{}>).map(mark => (mark.value, mark.location().position().y.pt()))"
WIDE = "query(<wide>).map(mark => mark.value)"
# Half a point too long is a rounding, and no eye sees it.
TOLERANCE = 0.5
# Nor that lines stand so far, in points, from the middle of their zone.
NEAR_ENOUGH = 0.3


def run(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Set the sheet in ``job``; return, by code, what has no room, and then write nothing.

    A piece that is too long is tried at each of the job's ``steps``; those
    that fit at once are not set again until all are.
    """
    root = Path(job["root"])
    data = json.loads((root / "data.json").read_text(encoding="utf-8"))
    pieces = data["pieces"]
    over: dict[str, dict[str, Any]] = {}
    loose, sides = pieces, data.get("sides", [])
    compiler = None
    for step in job["steps"]:
        for piece in loose:
            piece["scale"] = step
        compiler = _compiler(root, data | {"pieces": loose, "sides": sides}, job)
        over, moved = _over(compiler, loose)
        if moved or loose is not pieces:
            compiler = None
        if not over:
            break
        loose = [piece for piece in loose if piece["code"] in over]
        sides = [_alone(index, data["sides"]) for index in range(len(loose))]
    if not over:
        # What was measured and stands where it should needs no second look.
        (compiler or _compiler(root, data, job)).compile(
            output=job["output"], format="pdf", timestamp=job["timestamp"], pdf_tags=False
        )
    return over


def _alone(index: int, sides: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a side with the words of one piece, and nothing else."""
    panel, _, *_, width, height, _, bleed = next(
        spot for spot in sides[0]["spots"] if spot[0] not in {"front", "back"}
    )
    return {"spots": [[panel, index, 0, 0, width, height, False, bleed]], "marks": []}


def _compiler(root: Path, data: dict[str, Any], job: dict[str, Any]) -> typst.Compiler:
    (root / "data.json").write_text(json.dumps(data), encoding="utf-8")
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"]
    )
    return typst.Compiler(
        str(root / job["sheet"]), root=str(root), font_paths=fonts, ignore_system_fonts=True
    )


def _heights(compiler: typst.Compiler) -> list[tuple[str, str, float, float, float, float]]:
    """Return for each zone its code, name, height, pitch and share, and how high its words are."""
    starts, ends = (json.loads(compiler.eval(PLACES.format(mark))) for mark in ("start", "end"))
    # Upside down, the end stands above the start.
    return [
        (*said, abs(bottom - top)) for (said, top), (_, bottom) in zip(starts, ends, strict=True)
    ]


def _over(
    compiler: typst.Compiler, pieces: list[dict[str, Any]]
) -> tuple[dict[str, dict[str, Any]], bool]:
    """Return, by code, what does not fit: its zone, the lines too many, the words too wide.

    What fits is told how far down it stands, and whether that was new to any.
    """
    drops: dict[str, dict[str, float]] = {piece["code"]: piece["drop"] for piece in pieces}
    moved = False
    over: dict[str, dict[str, Any]] = {}
    for code, zone, words in json.loads(compiler.eval(WIDE)):
        if words:
            over[code] = {"zone": zone, "lines": 0, "wide": words}
    for code, zone, height, pitch, share, low in _heights(compiler):
        guessed = drops[code].get(zone, 0)
        free = height - (low - guessed)
        if free < -TOLERANCE:
            lines = max(1, math.ceil(-free / pitch - 0.1))
            wide_too = over.get(code, {}).get("wide", [])
            over[code] = {"zone": zone, "lines": lines, "wide": wide_too}
        drop = round(max(0, free) * share, 2)
        if abs(drop - guessed) > NEAR_ENOUGH:
            drops[code][zone] = drop
            moved = True
    return over, moved


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
