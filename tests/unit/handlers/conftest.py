"""The real services on a fresh SQLite database, at noon of the day on which tests post."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app import clock
from app.contract.document import Contract, load
from app.main import open_services
from app.services import Services
from app.settings import load_settings
from app.store.open import open_store
from tests.support.events import noon
from tests.unit.handlers.tenant_client import TenantClient


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture
async def services(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    monkeypatch.setattr(clock, "now", noon)
    opened = open_services(load_settings(database_url=sqlite_url), open_store(sqlite_url))
    writing = asyncio.create_task(opened.writer.run())
    yield opened
    opened.writer.close()
    await writing
    await opened.store.close()


@pytest.fixture
def tenant_client(contract: Contract, services: Services) -> TenantClient:
    return TenantClient(contract, services)
