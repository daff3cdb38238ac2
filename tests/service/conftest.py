"""Two servers on one database, for tests of what holds across processes."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.databases import Databases
from tests.support.server import RunningServer, running_server


@pytest.fixture(scope="session")
def two_servers(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, RunningServer]]:
    """Two servers on one PostgreSQL database, the second with two worker processes."""
    folder = tmp_path_factory.mktemp("two-servers")
    keys = {"jwks": str(folder / "keys" / "jwks.json")}
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh("postgresql"))
        one, two = (stack.enter_context(running_server(url, folder, keys | {"workers": count})) for count in ("1", "2"))
        yield one, two
