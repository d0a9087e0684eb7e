"""The servers that tests run on: killed or removed, they do what an owner's server would."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresServer, programs_found


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


@pytest.mark.parametrize("programs", list(programs_found()), ids=str)
def test_each_postgresql_of_this_machine_serves_and_leaves_nothing(programs: Path) -> None:
    server = PostgresServer(programs)
    with psycopg.connect(server.url) as connection:
        pids = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()

    server.remove()

    assert not server.folder.exists()
    assert [pid for (pid,) in pids if is_at_work(pid)] == []
