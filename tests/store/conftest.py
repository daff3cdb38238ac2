"""A tenant's books on a fresh database of each engine, and their reconciliation."""

from typing import Any

import pytest

from app.reconciliation.service import Reconciliation
from app.store.open import open_store
from app.store.store import Store
from tests.support.events import Tenant, disbursement, eventful_loan, new_id, noon, payment, running_writer
from tests.support.plain_sql import PlainSql


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan on which everything has happened."""
    return await eventful_loan(tenant)


@pytest.fixture
def reconciliation(store: Store) -> Reconciliation:
    return Reconciliation(store, noon)


@pytest.fixture
async def sql(database_url: str, engine_name: str) -> Any:
    """A database with one tenant's disbursement and payment, opened past the application."""
    store = open_store(database_url)
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        loan_id = new_id()
        await tenant.post(disbursement(loan_id))
        await tenant.post(payment(loan_id, 100))
    await store.close()
    plain = PlainSql(database_url, engine_name)
    yield plain
    plain.close()
