"""The power fails while notes leave: what was not synced is lost, and nobody hears twice."""

import signal
import sys
from pathlib import Path

import pytest

from appreciation.stages.sending import CLAIM
from tests.conftest import ON_SQLITE
from tests.crash.feast import CONNECTIONS, UNDER_WAY, Feast
from tests.crash.power_fails import come_back
from tests.processes import Programs

POWER_FAILS = (sys.executable, "-m", "tests.crash.power_fails")
GUESTS = 50
AT_MOST = CLAIM * CONNECTIONS


@ON_SQLITE
@pytest.mark.parametrize("at_pass", [1, 9])
@pytest.mark.parametrize(
    "edge",
    [
        "after the claim",
        "after the intent, before the body",
        "after the dot",
        "after the 250, before the outcome",
        "after the outcome",
    ],
)
def test_what_was_claimed_when_the_power_failed_is_in_doubt_and_nothing_doubles(
    feast: Feast, programs: Programs, tmp_path: Path, edge: str, at_pass: int
) -> None:
    if edge == "after the claim" and at_pass > 2:
        at_pass = 2
    feast.invite(GUESTS)
    feast.shop.app.store.close()
    disk = tmp_path / "disk"
    disk.mkdir()

    status, said = programs.done(
        edge, str(at_pass), str(disk), "run", "--once", program=POWER_FAILS
    )
    assert status == -signal.SIGKILL, said
    come_back(tmp_path / "appreciation.db", disk)
    in_hand = [note for note in feast.shop.notes() if note.state in UNDER_WAY]
    programs.done("run", "--once")

    verdict = feast.verdict()
    assert verdict.doubled == []
    assert verdict.lost == []
    assert verdict.stuck == []
    assert 0 < len(in_hand) <= AT_MOST
    assert verdict.in_doubt == len(in_hand)
    assert feast.is_over()
    assert feast.shop.app.on_hold() is None
