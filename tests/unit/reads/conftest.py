"""Reads of what tenants have posted in one database of each engine."""

import pytest

from tests.support.databases import Databases


@pytest.fixture
def database_url(engine_name: str, databases: Databases) -> str:
    """A database that the tests of this folder share, each with tenants of its own."""
    return databases.shared(engine_name, "reads")
