"""``kill -9`` at each named edge of a note's way: the first time, the second and the last."""

import pytest

from tests.crash.deaths import dies, passes
from tests.crash.dies_at import EDGES
from tests.crash.feast import Feast
from tests.processes import Programs

# One more than is claimed at once, so that there is a second claim.
GUESTS = 21
BY_EMAIL = [edge for edge in EDGES if "print" not in edge]


def leaves_in_doubt(edge: str) -> int:
    """Return how many are surely in doubt: what was begun, or may have been, at the kill."""
    return int(
        edge.startswith(("after the intent", "after the dot", "after the 250", "in the out"))
    )


@pytest.mark.parametrize("edge", BY_EMAIL)
def test_a_death_at_this_edge_doubles_and_loses_nothing(
    feast: Feast, programs: Programs, edge: str
) -> None:
    last = passes(programs, feast, GUESTS)[edge]
    deaths = sorted({1, min(2, last), last})
    kills = 0

    for at_pass in deaths:
        feast.invite(GUESTS)
        if edge.endswith("recovery"):
            dies(programs, "after the dot", at_pass=5)
            kills += 1
        dies(programs, edge, at_pass=at_pass)
        kills += 1
        feast.shop.run()
        assert feast.is_over()

    verdict = feast.went_well(kills=kills)
    assert verdict.in_doubt >= leaves_in_doubt(edge) * len(deaths)
