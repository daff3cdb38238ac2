"""A tenant with books on a fresh database of each engine, and the ways to look at them and to falsify them."""

from collections.abc import AsyncIterator, Callable

import pytest

from app.reconciliation.service import Reconciliation
from app.store.store import Store
from tests.store.books import Tamperer, eventful_loan
from tests.support.events import Tenant, noon, running_writer


@pytest.fixture
async def tenant(store: Store) -> AsyncIterator[Tenant]:
    """A new tenant, and a writer that posts for it."""
    async with running_writer(store) as writer:
        yield Tenant(writer)


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan on which everything has happened."""
    return await eventful_loan(tenant)


@pytest.fixture
def reconciliation(store: Store) -> Reconciliation:
    return Reconciliation(store, noon)


@pytest.fixture
def tamper(database_url: str, engine_name: str) -> Callable[[str], None]:
    return Tamperer(database_url, engine_name).execute
