"""Books on which everything has happened, in which a test then changes one thing."""

import pytest

from tests.support.events import Tenant, eventful_loan


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan of the tenant on which everything has happened."""
    return await eventful_loan(tenant)
