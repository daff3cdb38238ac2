"""A connection acts as a role that is bound by row-level security, or is refused with what to do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.store.postgresql.connect import connect_postgresql
from app.store.postgresql.role import act_as, require_role
from app.store.postgresql.store import ROLE
from app.store.store import StoreMisconfigured
from tests.support.databases import Databases


@pytest.fixture
async def plain(databases: Databases, postgresql_url: str) -> AsyncIterator[Any]:
    """A connection of a login that is a member of the role and nothing else."""
    with databases.login(postgresql_url) as url:
        connection = await connect_postgresql(url, None)
        yield connection
        await connection.close()


async def test_a_member_acts_as_the_role(plain: Any) -> None:
    await act_as(plain, ROLE)
    assert await plain.fetchval("SELECT current_user") == ROLE


async def test_a_role_that_is_missing_is_made_by_migrating(plain: Any) -> None:
    with pytest.raises(StoreMisconfigured, match="the role hpts_missing does not exist on the server: run `hpts migrate`"):
        await act_as(plain, "hpts_missing")


async def test_a_login_that_is_no_member_is_told_the_grant(databases: Databases, postgresql_url: str, owner: Any) -> None:
    with databases.login(postgresql_url, role=None) as url:
        with pytest.raises(StoreMisconfigured, match="may not act as hpts_app: run GRANT") as refused:
            await connect_postgresql(url, ROLE)
        await owner.execute(refused.value.reason.partition(": run ")[2])
        await (await connect_postgresql(url, ROLE)).close()


@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS"])
async def test_a_role_that_sees_every_tenant_is_refused(owner: Any, attribute: str) -> None:
    """In a transaction, so that other tests never see the role like this."""
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(f"ALTER ROLE {ROLE} {attribute}")
    with pytest.raises(StoreMisconfigured, match="sees the rows of all tenants: run ALTER ROLE hpts_app NOSUPERUSER NOBYPASSRLS"):
        await act_as(owner, ROLE)
    await transaction.rollback()


def test_statements_of_another_role_are_refused() -> None:
    require_role(ROLE, ROLE)
    with pytest.raises(StoreMisconfigured, match="statements run as postgres and not as hpts_app: the connection pooler"):
        require_role("postgres", ROLE)
