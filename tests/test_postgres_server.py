"""The servers that tests run on: killed or removed, they do what an owner's server would."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresServer, programs_found
from tests.processes import ROOT, wait_until


def is_at_work(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_rows_committed_before_a_kill_are_there_after_a_restart(
    own_postgres: PostgresServer,
) -> None:
    with psycopg.connect(own_postgres.url) as connection:
        connection.execute("CREATE TABLE guests AS SELECT generate_series(1, 1000) AS id")

    own_postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own_postgres.url)
    own_postgres.restart()

    with psycopg.connect(own_postgres.url) as connection:
        assert connection.execute("SELECT count(*) FROM guests").fetchone() == (1000,)


def test_a_test_run_that_is_killed_leaves_no_server_behind() -> None:
    start = (
        "import sys; from tests.postgres import PostgresServer, programs_found;"
        "server = PostgresServer(next(programs_found()));"
        "print(server.folder, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().decode().strip())
        assert folder.exists()
        run.kill()

    wait_until(lambda: not folder.exists(), what="the server's folder was gone")


@pytest.mark.parametrize("programs", list(programs_found()), ids=str)
def test_each_postgresql_of_this_machine_serves_and_leaves_nothing(programs: Path) -> None:
    server = PostgresServer(programs)
    with psycopg.connect(server.url) as connection:
        pids = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()

    server.remove()

    assert not server.folder.exists()
    assert [pid for (pid,) in pids if is_at_work(pid)] == []
