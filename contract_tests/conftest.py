"""The contract, loaded once for all tests."""

from typing import Any

import pytest

from app.contract.document import Contract, load


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture(scope="session")
def document(contract: Contract) -> dict[str, Any]:
    return dict(contract.document)
