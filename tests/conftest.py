"""Databases for every test: `database_url` is a fresh migrated one, on SQLite and then on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.store.open import open_store
from app.store.store import Store
from tests.support.databases import ENGINES, Databases


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres_url(databases: Databases) -> str:
    """A PostgreSQL server on which databases can be created; started by the first test that needs one."""
    return databases.server_url


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def database_url(engine_name: str, databases: Databases) -> Iterator[str]:
    """A fresh migrated database of this test's own."""
    with databases.fresh(engine_name) as url:
        yield url


@pytest.fixture
def sqlite_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def postgresql_url(databases: Databases) -> Iterator[str]:
    with databases.fresh("postgresql") as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = open_store(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parent.parent
