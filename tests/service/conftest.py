"""One server for each engine and session; each test has a tenant of its own."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.service.books import Books
from tests.service.refusals import Refusals
from tests.support.client import LedgerClient
from tests.support.databases import ENGINES, Databases
from tests.support.proxy import perhaps_through_proxy
from tests.support.server import RunningServer, running_server


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
    """A client of a tenant that is new."""
    with server.client() as ledger:
        yield ledger


@pytest.fixture(scope="session")
def books(server: RunningServer) -> Iterator[Books]:
    """The server's database, past the server."""
    with Books(server.database_url) as opened:
        yield opened


@pytest.fixture
def refused(client: LedgerClient, books: Books) -> Refusals:
    """Requests of the client's tenant that must be refused."""
    return Refusals(client, books)


@pytest.fixture(scope="session")
def two_servers(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, RunningServer]]:
    """Two servers on one PostgreSQL database, the second with two worker processes."""
    folder = tmp_path_factory.mktemp("two-servers")
    keys = {"jwks": str(folder / "keys" / "jwks.json")}
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh("postgresql"))
        one, two = (stack.enter_context(running_server(url, folder, keys | {"workers": count})) for count in ("1", "2"))
        yield one, two
