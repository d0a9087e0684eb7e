"""The lowest point of a smooth function: BFGS with backtracking, inside a box."""

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum, isfinite

Point = list[float]
Slope = Callable[[Point], tuple[float, Point]]

_STEPS, _HALVINGS = 200, 40
_FLAT = 1e-7
# Where no step goes down any more, rounding rules: flat enough is found.
_NEARLY_FLAT, _ROUNDING = 1e-5, 1e-13


@dataclass(frozen=True, slots=True)
class Lowest:
    """Where the descent ended; ``found`` is False where it gave up on a slope."""

    at: Point
    found: bool


def lowest(function: Slope, start: Point, box: float) -> Lowest:
    """Go down from ``start`` until ``function`` is flat, every coordinate within +-``box``.

    ``function`` returns its value and its gradient. It may be infinite, but
    not at the start.
    """
    at = _clipped(start, box)
    value, gradient = function(at)
    bend, was_free = _identity(len(at)), [True] * len(at)
    for _ in range(_STEPS):
        free = [_may_move(x, g, box) for x, g in zip(at, gradient, strict=True)]
        # What was learnt with one more way to go, or one fewer, misleads.
        bend, was_free = bend if free == was_free else _identity(len(at)), free
        steepest = max((abs(g) for g, f in zip(gradient, free, strict=True) if f), default=0.0)
        if steepest < _FLAT:
            return Lowest(at, found=True)
        way = _downhill(bend, gradient, free)
        step = _step(function, at, value, gradient, way, box)
        if step is None and steepest > _NEARLY_FLAT and bend != _identity(len(at)):
            bend = _identity(len(at))
            continue
        if step is None:
            return Lowest(at, found=steepest < _NEARLY_FLAT)
        moved, value, turned = step
        turn = [t if f else 0.0 for t, f in zip(_minus(turned, gradient), free, strict=True)]
        bend = _bent(bend, _minus(moved, at), turn)
        at, gradient = moved, turned
    return Lowest(at, found=False)


def _step(
    function: Slope, at: Point, value: float, gradient: Point, way: Point, box: float
) -> tuple[Point, float, Point] | None:
    """Return the first point on the way that lies clearly lower, its value and gradient."""
    share = 1.0 / max(1.0, *map(abs, way))
    noise = _ROUNDING * abs(value)
    for _ in range(_HALVINGS):
        tried = _clipped([x + share * w for x, w in zip(at, way, strict=True)], box)
        found, slope = function(tried)
        promised = _dot(gradient, _minus(tried, at))
        if isfinite(found) and promised < 0 and found <= value + 1e-4 * promised + noise:
            return tried, found, slope
        share /= 2
    return None


def _downhill(bend: list[Point], gradient: Point, free: list[bool]) -> Point:
    kept = [g if f else 0.0 for g, f in zip(gradient, free, strict=True)]
    way = [-_dot(row, kept) if f else 0.0 for row, f in zip(bend, free, strict=True)]
    return way if _dot(way, kept) < 0 else [-g for g in kept]


def _may_move(x: float, gradient: float, box: float) -> bool:
    """Return whether going down leads into the box, not out of it."""
    return abs(x) < box or x * gradient > 0


def _bent(bend: list[Point], moved: Point, turned: Point) -> list[Point]:
    """Return what is known of the curvature (its inverse) after one more step."""
    curve = _dot(moved, turned)
    if curve <= 1e-14:  # noqa: PLR2004 - no curvature to learn from
        return bend
    lean = [_dot(row, turned) for row in bend]
    weight = (1 + _dot(turned, lean) / curve) / curve
    return [
        [
            bend[i][j]
            + weight * moved[i] * moved[j]
            - (lean[i] * moved[j] + moved[i] * lean[j]) / curve
            for j in range(len(moved))
        ]
        for i in range(len(moved))
    ]


def _identity(size: int) -> list[Point]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


def _clipped(point: Point, box: float) -> Point:
    return [max(-box, min(box, x)) for x in point]


def _minus(one: Point, other: Point) -> Point:
    return [x - y for x, y in zip(one, other, strict=True)]


def _dot(one: Point, other: Point) -> float:
    return fsum(x * y for x, y in zip(one, other, strict=True))
