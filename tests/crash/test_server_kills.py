"""The database server is killed and started again while notes leave."""

import contextlib
from functools import partial
from pathlib import Path
from random import Random

import pytest

from appreciation.store import migrating
from appreciation.store.engine import Store
from tests.crash.feast import Feast
from tests.databases import Databases
from tests.postgres import PostgresServer
from tests.processes import MailServer, Programs, wait_until

KILLS = 5
GUESTS = 200


def saw(server: MailServer, lines: int) -> bool:
    return len(server.lines) >= lines


@pytest.mark.parametrize("mail_server", [0.02], indirect=True)
def test_a_server_that_is_killed_under_way_doubles_loses_and_holds_up_nothing(
    own_postgres: PostgresServer, mail_server: MailServer, programs: Programs, tmp_path: Path
) -> None:
    dice = Random(1)
    with contextlib.closing(Databases(own_postgres.url)) as databases:
        url = databases.new()
    with contextlib.closing(Store(url)) as store:
        migrating.migrate(store, backup_name="")
    feast = Feast(tmp_path, mail_server, url)
    feast.invite(GUESTS)
    daemons = [programs.start("run"), programs.start("run")]

    for _ in range(KILLS):
        more = len(mail_server.lines) + dice.randint(1, 2 * GUESTS // KILLS)
        wait_until(partial(saw, mail_server, more), what="more mails left")
        own_postgres.kill()
        own_postgres.start()
    feast.ends(within_seconds=120)

    verdict = feast.went_well(kills=0)
    assert verdict.in_doubt == 0
    assert [daemon.stop() for daemon in daemons] == [0, 0]
    feast.shop.close()
