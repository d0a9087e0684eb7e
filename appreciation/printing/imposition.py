"""Which part of which piece lies where on which side of which sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from appreciation.errors import AppreciationError
from appreciation.printing.grids import Grid, Paper, Place
from appreciation.printing.stocks import Card

Panel = Literal["message", "front", "back", "postcard", "label", "envelope"]
Turning = Literal["long-edge", "short-edge"]
Marks = tuple[tuple[float, float, float, float], ...]

# A mark to cut along: so far from the corner it begins, so long it is.
_GAP_MM, _MARK_MM = 1.5, 4.0
# Long enough to be seen beyond the edge that a printer leaves white.
_INWARD_MM = 8.0


class NoSuchStart(AppreciationError):
    """A place to start at that is not on the sheet."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A panel of the piece with the index ``piece``, ``turned`` upside down or not."""

    panel: Panel
    piece: int
    place: Place
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sheet: what lies on it, and the lines to cut or fold along."""

    spots: tuple[Spot, ...]
    marks: Marks = ()
    is_outside: bool = False


def insist_on_start(start_at: int, grid: Grid, name: str) -> None:
    """Refuse a place that the sheet does not have; they count from 1, row by row.

    Raises:
        NoSuchStart: it has fewer, or the place is below 1.
    """
    if not 1 <= start_at <= len(grid):
        raise NoSuchStart(
            f"a sheet of {name} has no place {start_at}",
            mend=f"start at 1 to {len(grid)}" if len(grid) > 1 else "leave --start-at out",
        )


def single(panel: Panel, count: int, width: float, height: float) -> list[Side]:
    """Return ``count`` sheets with one piece each, as large as the sheet."""
    whole = Place(0, 0, width, height)
    return [Side((Spot(panel, piece, whole),)) for piece in range(count)]


def labels(count: int, grid: Grid, start_at: int = 1) -> list[Side]:
    """Return the sheets for ``count`` labels, the first at place ``start_at``."""
    return [
        Side(tuple(Spot("label", piece, place) for piece, place in sheet))
        for sheet in _dealt(count, grid, start_at)
    ]


def cards(count: int, card: Card, start_at: int = 1, turning: Turning = "long-edge") -> list[Side]:
    """Return the sides of the sheets for ``count`` cards; of two, inside and outside by turns.

    ``turning`` is how the printer turns the paper over.
    """
    grid = card.grid
    sides = []
    for sheet in _dealt(count, grid, start_at):
        inside = [spot for piece, place in sheet for spot in _inside(card, piece, place)]
        sides.append(Side(tuple(inside), _marks(card, [place for _, place in sheet])))
        if card.is_two_sided:
            behind = [(piece, _behind(place, grid.paper, turning)) for piece, place in sheet]
            is_turned = _turns_round(grid.paper, turning) != (card.fold == "top")
            outside = [
                _turned(spot, place) if is_turned else spot
                for piece, place in behind
                for spot in _outside(card, piece, place)
            ]
            marks = _marks(card, [place for _, place in behind])
            sides.append(Side(tuple(outside), marks, is_outside=True))
    return sides


def _dealt(count: int, grid: Grid, start_at: int) -> Iterator[list[tuple[int, Place]]]:
    """Yield for each sheet the pieces that lie on it, and where."""
    pieces = iter(range(count))
    first = list(grid)[start_at - 1 :]
    places: Sequence[Place] = first
    while dealt := list(islice(pieces, len(places))):
        yield list(zip(dealt, places, strict=False))
        places = list(grid)


def _inside(card: Card, piece: int, place: Place) -> list[Spot]:
    x, y, width, height = place.x, place.y, card.width, card.height
    match card.fold:
        case "left":
            return [Spot("message", piece, Place(x + width, y, width, height))]
        case "top":
            return [Spot("message", piece, Place(x, y + height, width, height))]
        case "quarter":
            # Folded backwards across the middle, then along it: what was above stands on its
            # head inside, and left of the fold behind is right of it inside.
            return [
                Spot("message", piece, Place(x, y, width, height), turned=True),
                Spot("back", piece, Place(x, y + height, width, height)),
                Spot("front", piece, Place(x + width, y + height, width, height)),
            ]
        case "none":
            return [Spot("postcard" if card.address else "message", piece, place)]


def _outside(card: Card, piece: int, place: Place) -> list[Spot]:
    x, y, width, height = place.x, place.y, card.width, card.height
    match card.fold:
        case "left":
            return [
                Spot("back", piece, Place(x, y, width, height)),
                Spot("front", piece, Place(x + width, y, width, height)),
            ]
        case "top":
            return [
                Spot("back", piece, Place(x, y, width, height), turned=True),
                Spot("front", piece, Place(x, y + height, width, height)),
            ]
        case _:
            return [Spot("front", piece, place)]


def _turns_round(paper: Paper, turning: Turning) -> bool:
    """Tell whether the paper is turned over its lower edge, so that its back hangs head down."""
    return paper.is_landscape == (turning == "long-edge")


def _behind(place: Place, paper: Paper, turning: Turning) -> Place:
    """Return where on the back of the sheet lies what is behind ``place``."""
    if _turns_round(paper, turning):
        return Place(place.x, paper.height - place.y - place.height, place.width, place.height)
    return Place(paper.width - place.x - place.width, place.y, place.width, place.height)


def _turned(spot: Spot, within: Place) -> Spot:
    """Return ``spot`` as it lies once the whole of ``within`` is turned upside down."""
    place = spot.place
    return Spot(
        spot.panel,
        spot.piece,
        Place(
            2 * within.x + within.width - place.x - place.width,
            2 * within.y + within.height - place.y - place.height,
            place.width,
            place.height,
        ),
        turned=not spot.turned,
    )


def _marks(card: Card, places: Sequence[Place]) -> Marks:
    """Return lines at the corners of ``places``, outside of them all: x, y, width, height."""
    if not card.cut:
        return ()
    paper = card.grid.paper
    ends_x = sorted({end for place in places for end in (place.x, place.x + place.width)})
    ends_y = sorted({end for place in places for end in (place.y, place.y + place.height)})
    left, right, top, bottom = ends_x[0], ends_x[-1], ends_y[0], ends_y[-1]
    lines = []
    # What lies at the paper's own edge is cut already.
    for x in (x for x in ends_x if _GAP_MM < x < paper.width - _GAP_MM):
        lines += [(x, at, 0.0, length) for at, length in _margin(top, bottom, paper.height)]
    for y in (y for y in ends_y if _GAP_MM < y < paper.height - _GAP_MM):
        lines += [(at, y, length, 0.0) for at, length in _margin(left, right, paper.width)]
    return tuple(lines)


def _margin(first: float, last: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield start and length of a mark before ``first`` and of one behind ``last``.

    Where the cards reach the edge of the paper, the mark lies on the cut itself.
    """
    if first > _GAP_MM:
        length = min(_MARK_MM, first - _GAP_MM)
        yield first - _GAP_MM - length, length
    else:
        yield 0.0, _INWARD_MM
    if end - last > _GAP_MM:
        yield last + _GAP_MM, min(_MARK_MM, end - last - _GAP_MM)
    else:
        yield end - _INWARD_MM, _INWARD_MM
