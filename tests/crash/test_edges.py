"""``kill -9`` at each named edge of a note's way, the first time and later ones."""

import signal
import sys

import pytest

from tests.crash.dies_at import EDGES
from tests.crash.feast import Feast
from tests.processes import ROOT, Programs

DIES_AT = (sys.executable, str(ROOT / "tests" / "crash" / "dies_at.py"))
GUESTS = 50
# What is not passed for each note, and so cannot be survived sixteen times first.
SELDOM = {"plan": 1, "draft": 1, "recovery": 1, "claim": 2}


def dies(programs: Programs, edge: str, *, at_pass: int) -> None:
    status, said = programs.done(edge, str(at_pass), "run", "--once", program=DIES_AT)
    assert status == -signal.SIGKILL, said


def leaves_in_doubt(edge: str) -> int:
    """Return how many are surely in doubt: what was begun, or may have been, at the kill."""
    return int(
        edge.startswith(("after the intent", "after the dot", "after the 250", "in the out"))
    )


@pytest.mark.parametrize("edge", EDGES)
def test_a_death_at_this_edge_doubles_and_loses_nothing(
    feast: Feast, programs: Programs, edge: str
) -> None:
    what = edge.rsplit(maxsplit=1)[-1]
    feast.invite(GUESTS)
    if what == "recovery":
        dies(programs, "after the dot", at_pass=5)

    for at_pass in (1, SELDOM.get(what, 17)):
        dies(programs, edge, at_pass=at_pass)
        # The plan and the draft are passed anew only where there is something new.
        feast.invite(1)
    feast.shop.run()

    verdict = feast.went_well(kills=3)
    assert feast.is_over()
    assert verdict.in_doubt >= leaves_in_doubt(edge) * 2
