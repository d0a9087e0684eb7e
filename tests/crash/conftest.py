"""What the crash tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.feast import Feast
from tests.processes import MailServer


@pytest.fixture
def feast(tmp_path: Path, mail_server: MailServer) -> Iterator[Feast]:
    """A feast kept in an SQLite file."""
    made = Feast(tmp_path, mail_server)
    yield made
    made.shop.close()


@pytest.fixture
def served_feast(tmp_path: Path, mail_server: MailServer, postgres_url: str) -> Iterator[Feast]:
    """A feast kept by a PostgreSQL server."""
    made = Feast(tmp_path, mail_server, postgres_url)
    yield made
    made.shop.close()
