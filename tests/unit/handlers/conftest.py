"""The real services on a fresh SQLite database, at noon of the day on which tests post."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from app.contract.document import Contract, load
from app.dev.keys import development_key
from app.main import open_key_set, open_services
from app.services import Services
from app.settings import load_settings
from app.store.open import open_store
from tests.support.events import noon
from tests.unit.handlers.tenant_client import TenantClient


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture
async def services(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    monkeypatch.setattr(clock, "now", noon)
    settings = load_settings(database_url=sqlite_url, jwks=str(tmp_path / "keys" / "jwks.json"))
    development_key(settings)
    opened = open_services(settings, open_store(sqlite_url), open_key_set(settings))
    await opened.keys.keep_current()
    writing = asyncio.create_task(opened.writer.run())
    yield opened
    opened.writer.close()
    await writing
    await opened.store.close()


@pytest.fixture
def tenant_client(contract: Contract, services: Services) -> TenantClient:
    return TenantClient(contract, services)
