"""The contract, loaded once for all tests, and databases for those that start servers."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.contract.document import Contract, load
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
