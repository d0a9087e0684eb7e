"""A smooth function known at few points: the polynomial through them, at Chebyshev's points."""

from collections.abc import Callable
from math import cos, pi, sin

Curve = Callable[[float], list[float]]


def interpolated(
    function: Callable[[float], tuple[float, ...]], low: float, high: float, points: int
) -> Curve:
    """Return a curve through ``function`` at so many ``points`` of ``low`` to ``high``.

    It has as many figures as the function. In the barycentric form, which
    stays exact for many points (Berrut & Trefethen 2004).
    """
    turns = [pi * (2 * k + 1) / (2 * points) for k in range(points)]
    at = [(low + high - (high - low) * cos(turn)) / 2 for turn in turns]
    pulls = [(-1) ** k * sin(turn) for k, turn in enumerate(turns)]
    known = [function(x) for x in at]

    def curve(x: float) -> list[float]:
        if x in at:
            return list(known[at.index(x)])
        weights = [pull / (x - point) for pull, point in zip(pulls, at, strict=True)]
        whole = sum(weights)
        return [
            sum(weight * value for weight, value in zip(weights, values, strict=True)) / whole
            for values in zip(*known, strict=True)
        ]

    return curve
