from math import inf

import pytest

from appreciation.value.descent import Point, Slope, lowest


class Counted:
    """A function that knows how often it was asked."""

    def __init__(self, function: Slope) -> None:
        self.function, self.times = function, 0

    def __call__(self, at: Point) -> tuple[float, Point]:
        self.times += 1
        return self.function(at)


def valley(at: Point) -> tuple[float, Point]:
    """Return a bent valley, lowest at 1, 1: hard for whoever only goes down."""
    x, y = at
    value = 100 * (y - x * x) ** 2 + (1 - x) ** 2
    return value, [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)]


def test_the_lowest_point_of_a_bent_valley_is_found() -> None:
    walked = Counted(valley)

    end = lowest(walked, [-1.2, 1.0], 9)

    assert end.found
    assert end.at == pytest.approx([1, 1], abs=1e-6)
    assert walked.times < 100


def test_a_valley_whose_lowest_point_lies_outside_ends_at_the_edge() -> None:
    walked = Counted(valley)

    end = lowest(walked, [-0.4, 0.2], 0.5)

    assert end.found
    assert end.at == pytest.approx([0.5, 0.25], abs=1e-6)
    assert walked.times < 200


def test_rounding_does_not_keep_one_searching() -> None:
    def rounded(at: Point) -> tuple[float, Point]:
        value, slope = valley(at)
        return 1e7 + value, [g + 3e-7 for g in slope]

    walked = Counted(rounded)

    assert lowest(walked, [-1.2, 1.0], 9).found
    assert walked.times < 300


def test_a_cliff_is_not_stepped_over() -> None:
    def cliff(at: Point) -> tuple[float, Point]:
        (x,) = at
        return (inf, [0.0]) if x > 2 else ((x - 1.9) ** 4, [4 * (x - 1.9) ** 3])

    end = lowest(cliff, [-5.0], 9)

    assert end.found
    assert end.at == pytest.approx([1.9], abs=0.01)


def test_a_slope_without_end_stops_at_the_edge() -> None:
    assert lowest(lambda at: (-at[0], [-1.0]), [0.0], 9).at == [9]


def test_a_slope_that_lies_is_given_up() -> None:
    assert not lowest(lambda at: (at[0], [-1.0]), [0.0], 9).found


def test_a_ridge_leads_down_whichever_way_it_bends() -> None:
    def waves(at: Point) -> tuple[float, Point]:
        x, y = at
        return x**4 - 3 * x**2 + y**2 + x * y, [4 * x**3 - 6 * x + y, 2 * y + x]

    end = lowest(waves, [0.05, 0.3], 9)

    assert end.found
    assert waves(end.at)[0] == pytest.approx(-2.640625, abs=1e-6)
