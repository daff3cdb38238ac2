"""The contract, loaded once for all tests, and databases for those that start servers."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.conformance.fuzz.plan import Target
from app.contract.document import Contract, load
from contract_tests.deployments import on_both_engines
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture(scope="session")
def document(contract: Contract) -> dict[str, Any]:
    return dict(contract.document)


@pytest.fixture(scope="session")
def live(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server on PostgreSQL, and a token of a tenant that is new."""
    with on_both_engines(databases, tmp_path_factory.mktemp("live")) as (target, _, _):
        yield target
