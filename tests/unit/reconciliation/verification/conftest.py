"""What a check of `hpts verify` finds in a tenant's books."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import Connection

from app.reconciliation.verification.deviations import Deviation
from app.store.store import Store
from tests.support.events import Tenant, eventful_loan

Check = Callable[[Connection, str], list[Deviation]]
Find = Callable[..., Awaitable[str]]


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan on which everything has happened."""
    return await eventful_loan(tenant)


def _ask(check: Check, tenant_id: str, connection: Connection) -> list[Deviation]:
    return check(connection, tenant_id)


@pytest.fixture
def find(store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]) -> Find:
    """What the checks find, one difference a line, after a statement of SQL if one is given."""

    async def found(*checks: Check, after: str = "") -> str:
        if after:
            tamper(after.format(tenant=tenant.tenant_id, loan=loan_id))
        results = [await store.scan([tenant.tenant_id], partial(_ask, check, tenant.tenant_id)) for check in checks]
        return "\n".join(str(each) for result in results for each in result)

    return found
