"""A small world of the ten-year simulation, so that neither side of it rots."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests import ten_years


def test_what_is_lived_through_outages_is_what_was_calculated(tmp_path: Path) -> None:
    world = ten_years.made_up(people=250, years=1, every=timedelta(hours=43))

    lived = ten_years.settled(ten_years.lived(world, tmp_path, lambda _: None), world)
    assert ten_years.differences(lived, ten_years.settled(ten_years.calculated(world), world)) == []
    ends = {end for _, end in ten_years.totals(lived)}
    assert ends == {"on time", "belated", "never"}


def test_whatever_differs_is_told() -> None:
    day = ten_years.BEGIN.date()
    ours = Counter({(1, "birthday", day, "on time"): 1, (2, "birthday", day, "never"): 2})
    theirs = Counter({(2, "birthday", day, "never"): 1})

    assert ten_years.differences(ours, theirs) == [
        "customer 1, birthday of 2024-01-01: on time (lived only)",
        "customer 2, birthday of 2024-01-01: never (lived only)",
    ]
