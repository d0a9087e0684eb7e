"""``kill -9`` at any instant: nothing is sent twice, nothing is lost, nothing gets stuck.

``make crash N=1000`` kills so often on each database, SEED=7 at other instants.
"""

import os
import subprocess
from random import Random

import pytest

from tests.crash.feast import Feast
from tests.processes import Program, Programs, wait_until

KILLS = int(os.environ.get("N") or 30)
SEED = int(os.environ.get("SEED") or 1)
# More than leave in the longest life, so that each kill finds something to do.
ENOUGH = 400
# Two for each mail.
LINES_IN_A_LIFE = 48
# A start takes about a second: looking, planning, recovery and the first mails are in it.
YOUNG_SECONDS = (0.3, 1.3)


def let_live(program: Program, feast: Feast, dice: Random) -> None:
    """Return at a random moment of its life: while it starts, or some mails later."""
    if dice.random() < 0.25:
        age = dice.uniform(*YOUNG_SECONDS)
    else:
        lines = len(feast.server.lines) + dice.randint(1, LINES_IN_A_LIFE)
        wait_until(
            lambda: len(feast.server.lines) >= lines or program.has_ended(),
            what="the server saw more mails",
        )
        age = dice.uniform(0, 0.02)
    with pytest.raises(subprocess.TimeoutExpired):
        program.process.wait(age)


def test_nothing_is_doubled_or_lost_however_often_the_daemon_is_killed(
    feast: Feast, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = Random(SEED)

    for _ in range(KILLS):
        feast.let_wait(ENOUGH)
        daemon = programs.start("run")
        let_live(daemon, feast, dice)
        daemon.kill()
    assert feast.states()["approved"] > 0, "the kills came too late to tell anything"
    programs.start("run")
    feast.ends()

    verdict = feast.went_well(kills=KILLS)
    with capsys.disabled():
        print(f"\n{KILLS} kills of {feast.guests} notes, seed {SEED}: {verdict}")  # noqa: T201


@pytest.mark.parametrize("mail_server", [0.03], indirect=True)
def test_two_daemons_on_a_server_double_and_lose_nothing_while_they_are_killed(
    served_feast: Feast, programs: Programs
) -> None:
    dice = Random(SEED)
    kills = max(6, KILLS // 4)

    served_feast.let_wait(ENOUGH)
    at_work = [programs.start("run"), programs.start("run")]
    for _ in range(kills):
        let_live(at_work[0], served_feast, dice)
        at_work.pop(0).kill()
        served_feast.let_wait(ENOUGH)
        at_work.append(programs.start("run"))
    served_feast.ends(within_seconds=120)

    served_feast.went_well(kills=kills)
