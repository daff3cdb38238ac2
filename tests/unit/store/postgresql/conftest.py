"""One PostgreSQL database that the tests of this folder share, each with tenants of its own."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.store.postgresql.connect import connect_postgresql
from app.store.postgresql.store import _POSTING_SETTINGS, ROLE
from tests.support.databases import Databases


@pytest.fixture
def postgresql_url(databases: Databases) -> str:
    return databases.shared("postgresql", "engine")


@pytest.fixture
async def connection(postgresql_url: str) -> AsyncIterator[Any]:
    """As the writer's: of the application's role, with the writer's settings."""
    opened = await connect_postgresql(postgresql_url, ROLE, _POSTING_SETTINGS)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(postgresql_url: str) -> AsyncIterator[Any]:
    """A connection that sees every tenant's rows."""
    opened = await connect_postgresql(postgresql_url, None)
    yield opened
    await opened.close()
