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
# In the long run, each kill finds as much to do as in the short one.
GUESTS = 15 * KILLS
# Two for each mail; on average all the kills together leave some guests over.
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
            lambda: len(feast.server.lines) >= lines or feast.is_over() or program.has_ended(),
            what="the server saw more mails",
        )
        age = dice.uniform(0, 0.02)
    with pytest.raises(subprocess.TimeoutExpired):
        program.process.wait(age)


def test_nothing_is_doubled_or_lost_however_often_the_daemon_is_killed(
    feast: Feast, programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = Random(SEED)  # noqa: S311 - it picks moments, not secrets
    feast.invite(GUESTS)

    for _ in range(KILLS):
        daemon = programs.start("run")
        let_live(daemon, feast, dice)
        daemon.kill()
    at_the_last_kill = feast.states()
    programs.start("run")
    feast.ends()

    verdict = feast.went_well(kills=KILLS)
    with capsys.disabled():
        print(f"\n{KILLS} kills of {GUESTS} notes, seed {SEED}: {verdict}")  # noqa: T201
    assert at_the_last_kill["approved"] > 0, "the kills came too late to tell anything"


@pytest.mark.parametrize("mail_server", [0.03], indirect=True)
def test_two_daemons_on_a_server_double_and_lose_nothing_while_they_are_killed(
    served_feast: Feast, programs: Programs
) -> None:
    dice = Random(SEED)  # noqa: S311
    served_feast.invite(GUESTS)
    kills = max(6, KILLS // 4)

    at_work = [programs.start("run"), programs.start("run")]
    for _ in range(kills):
        let_live(at_work[0], served_feast, dice)
        at_work.pop(0).kill()
        at_work.append(programs.start("run"))
    served_feast.ends()

    served_feast.went_well(kills=kills)
