"""``kill -9`` at each named edge of a card's way into a batch, the first time and the last."""

import pytest

from tests.crash.deaths import dies, passes
from tests.crash.paper import Paper
from tests.processes import Programs

# One more than is claimed at once, so that there is a second claim.
GUESTS = 21
EDGES = [
    "in the claim",
    "after the claim",
    "in the intent",
    "after the intent, before the body",
    "after the print, before the outcome",
    "in the outcome",
    "after the outcome",
]


def doubted(edge: str, at_pass: int) -> int:
    """Return how many are in doubt after a death there: what was begun and has no outcome."""
    if edge.endswith("claim"):
        return 0
    if edge.endswith("print, before the outcome"):
        return GUESTS
    lost = edge.startswith("in")
    if edge.endswith("outcome"):
        return GUESTS - at_pass + lost
    return at_pass - lost


@pytest.mark.parametrize("edge", EDGES)
def test_a_death_at_this_edge_prints_nobody_twice_and_leaves_no_half_batch(
    paper: Paper, programs: Programs, edge: str
) -> None:
    deaths = sorted({1, passes(programs, paper, GUESTS)[edge]})

    for at_pass in deaths:
        paper.invite(GUESTS)
        dies(programs, edge, at_pass=at_pass)
        paper.shop.run()

    assert paper.went_well() == sum(doubted(edge, at_pass) for at_pass in deaths)
