"""What the typesetter gets: a .typ file beside this one, and its data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appreciation.printing.faces import Face
from appreciation.printing.imposition import Side, Spot

POINTS_PER_MM = 72 / 25.4
_TOUCHES_MM = 0.01


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of sheet for many pieces.

    ``sides`` is the plan of where each lies; with none, the pieces follow one
    another as they come. ``steps`` are the scales at which a piece that is too
    long is tried; with none, there is room for whatever comes. ``bleed`` is
    what of each side the trim takes away, in millimetres. ``files`` are copied
    beside the data, under their names there. A process is given ``at_once`` at
    most.
    """

    file: str
    data: Mapping[str, Any]
    pieces: Sequence[dict[str, Any]]
    faces: Sequence[Face]
    sides: Sequence[Side] = ()
    steps: tuple[float, ...] = ()
    bleed: float = 0
    files: Mapping[str, Path] = field(default_factory=dict)
    at_once: int = 1000


def spots_to_set(side: Side, bleed: float = 0) -> dict[str, Any]:
    """Return ``side`` as the typesetter reads it, moved by ``bleed`` from the corner."""
    edges = _edges(side)
    return {
        "spots": [
            [
                spot.panel,
                spot.piece,
                spot.place.x + bleed,
                spot.place.y + bleed,
                spot.place.width,
                spot.place.height,
                spot.turned,
                _bleeds(spot, edges, bleed),
            ]
            for spot in side.spots
        ],
        "marks": [[x + bleed, y + bleed, width, height] for x, y, width, height in side.marks],
    }


def _edges(side: Side) -> tuple[float, float, float, float]:
    places = [spot.place for spot in side.spots]
    return (
        min(place.x for place in places),
        min(place.y for place in places),
        max(place.x + place.width for place in places),
        max(place.y + place.height for place in places),
    )


def _bleeds(spot: Spot, edges: tuple[float, float, float, float], bleed: float) -> list[float]:
    """Return how far a panel reaches beyond its left, top, right and bottom, as it is read."""
    place = spot.place
    ends = (place.x, place.y, place.x + place.width, place.y + place.height)
    out = [
        bleed if abs(end - edge) < _TOUCHES_MM else 0 for end, edge in zip(ends, edges, strict=True)
    ]
    return out[2:] + out[:2] if spot.turned else out
