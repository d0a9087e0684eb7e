"""What the crash tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.feast import Feast
from tests.crash.paper import Paper
from tests.processes import MailServer


@pytest.fixture
def feast(tmp_path: Path, mail_server: MailServer, store_url: str) -> Iterator[Feast]:
    """A feast on each database."""
    made = Feast(tmp_path, mail_server, store_url)
    yield made
    made.shop.close()


@pytest.fixture
def served_feast(tmp_path: Path, mail_server: MailServer, postgres_url: str) -> Iterator[Feast]:
    """A feast kept by a PostgreSQL server, where daemons share the work."""
    made = Feast(tmp_path, mail_server, postgres_url)
    yield made
    made.shop.close()


@pytest.fixture
def paper(tmp_path: Path, store_url: str) -> Iterator[Paper]:
    """A feast whose guests get cards, on each database."""
    made = Paper(tmp_path, store_url)
    yield made
    made.shop.close()
