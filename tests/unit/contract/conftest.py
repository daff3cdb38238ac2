"""The contract, loaded once."""

import pytest

from app.contract.document import Contract, load


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()
