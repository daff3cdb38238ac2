"""What a test can ask for: a fresh migrated database (`database_url`), or a running server and a client of a new tenant.

Both come on SQLite and then on PostgreSQL.
"""

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.store.open import open_store
from app.store.store import Store
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.databases import ENGINES, Databases
from tests.support.events import Tenant, running_writer
from tests.support.proxy import perhaps_through_proxy
from tests.support.refusals import Refusals
from tests.support.server import RunningServer, running_server
from tests.support.tampering import Tamperer

# That a machine is slow is no fault of the code: an example has no deadline, and none is reported for its speed.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("tests"), max_examples=15)
"""For `make check`: 15 of each hundred examples of a property."""
settings.load_profile("tests")


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay until the end: garbage collection need not go through them again and again."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session", params=ENGINES)
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """The real service, first on SQLite and then on PostgreSQL."""
    folder = tmp_path_factory.mktemp(f"server-{request.param}")
    with (
        databases.fresh(request.param) as database_url,
        running_server(database_url, folder) as running,
        perhaps_through_proxy(running) as server,
    ):
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[LedgerClient]:
    """A client of a new tenant."""
    with server.client() as ledger:
        yield ledger


@pytest.fixture(scope="session")
def books(server: RunningServer) -> Iterator[Books]:
    """The database of the server, read with plain SQL."""
    with Books(server.database_url) as opened:
        yield opened


@pytest.fixture
def refusals(client: LedgerClient, books: Books) -> Refusals:
    """Expects refusals of requests of the client's tenant."""
    return Refusals(client, books)


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parent.parent


@pytest.fixture
async def tenant(store: Store) -> AsyncIterator[Tenant]:
    """A new tenant, and a writer that posts for it."""
    async with running_writer(store) as writer:
        yield Tenant(writer)


@pytest.fixture
def tamper(database_url: str, engine_name: str) -> Callable[[str], None]:
    """Runs a statement behind the application's back."""
    return Tamperer(database_url, engine_name).execute
