"""Several daemons on one store: on SQLite one works and one waits, on PostgreSQL they share."""

from datetime import timedelta

import pytest

from appreciation.dates import utc_now
from appreciation.store import claims
from tests.conftest import ON_SQLITE
from tests.crash.feast import CONNECTIONS, Feast
from tests.processes import Programs, wait_until


@ON_SQLITE
def test_a_second_daemon_waits_and_takes_over_when_the_first_is_killed(
    feast: Feast, programs: Programs
) -> None:
    feast.invite(3)
    first = programs.start("run")
    feast.ends()
    second = programs.start("run")
    second.says(f"another daemon is at work on {feast.shop.app.store.file}; waiting")

    feast.invite(2)
    first.kill()
    second.says(f"at work on {feast.shop.app.store.file}")
    feast.ends()

    assert feast.went_well(kills=1).accepted == 5


@ON_SQLITE
@pytest.mark.usefixtures("feast")
def test_a_daemon_that_waits_for_another_ends_when_it_is_asked_to(programs: Programs) -> None:
    programs.start("run").says("at work")
    waiting = programs.start("run")
    waiting.says("waiting")

    assert waiting.stop() == 0


@ON_SQLITE
def test_a_single_run_says_who_is_at_work_already(feast: Feast, programs: Programs) -> None:
    programs.start("run").says("at work")

    status, said = programs.done("run", "--once")

    assert status == 5
    assert said == (
        f"error: another daemon is at work on {feast.shop.app.store.file}\n"
        " mend: appreciation status\n"
    )


@pytest.mark.parametrize("daemons", [2, 4])
def test_daemons_on_a_server_double_nothing_that_falls_due_for_all_of_them_at_once(
    served_feast: Feast, programs: Programs, daemons: int
) -> None:
    served_feast.invite(300)
    served_feast.all_fall_due_at(utc_now() + timedelta(seconds=2 + 1.5 * daemons))

    at_work = [programs.start("run") for _ in range(daemons)]
    served_feast.ends()

    assert served_feast.went_well(kills=0).accepted == 300
    assert [daemon.stop() for daemon in at_work] == [0] * daemons


@pytest.mark.parametrize("mail_server", [0.1], indirect=True)
def test_a_daemon_that_is_killed_leaves_its_work_to_the_other_within_the_lease(
    served_feast: Feast, programs: Programs
) -> None:
    served_feast.invite(100)
    first = programs.start("run")
    wait_until(lambda: served_feast.server.seen("accepted"), what="the first daemon sends")
    second = programs.start("run")
    second.says("at work")

    first.kill()
    served_feast.ends(within_seconds=claims.LEASE.total_seconds())

    assert served_feast.went_well(kills=1).accepted >= 100 - CONNECTIONS
    assert second.stop() == 0
