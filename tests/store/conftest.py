"""A tenant's books on a fresh database of each engine, and their reconciliation."""

import pytest

from app.reconciliation.service import Reconciliation
from app.store.store import Store
from tests.support.events import Tenant, eventful_loan, noon


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan on which everything has happened."""
    return await eventful_loan(tenant)


@pytest.fixture
def reconciliation(store: Store) -> Reconciliation:
    return Reconciliation(store, noon)
