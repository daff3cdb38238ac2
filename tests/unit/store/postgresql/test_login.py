"""Logins that row-level security does not bind are refused where asked, and poolers that change the server connection always."""

import pytest

from app.store.postgresql.login import check_login
from app.store.postgresql.role import POOLING
from app.store.postgresql.store import ROLE, PostgresStore
from app.store.store import StoreMisconfigured
from tests.support.databases import Databases
from tests.support.events import disbursement, new_id
from tests.support.pgbouncer import PROGRAM, WHY_NOT, pgbouncer
from tests.unit.store.batches import BatchMaker

with_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)


@pytest.mark.parametrize(("attribute", "what"), [("SUPERUSER", "is a superuser"), ("BYPASSRLS", "has BYPASSRLS")])
async def test_a_login_that_is_not_bound_is_refused_unless_it_may_be(
    databases: Databases, postgresql_url: str, attribute: str, what: str
) -> None:
    with databases.login(postgresql_url, "SUPERUSER" if attribute == "SUPERUSER" else "BYPASSRLS") as url:
        await check_login(url, ROLE, may_bypass_row_security=True)
        with pytest.raises(StoreMisconfigured, match=f"{what}, and row-level security does not bind it: serve with a login"):
            await check_login(url, ROLE, may_bypass_row_security=False)


async def test_a_plain_member_of_the_role_is_taken(databases: Databases, postgresql_url: str) -> None:
    with databases.login(postgresql_url) as url:
        await check_login(url, ROLE, may_bypass_row_security=False)


async def test_a_login_that_is_no_member_is_refused(databases: Databases, postgresql_url: str) -> None:
    refused = pytest.raises(StoreMisconfigured, match="may not act as hpts_app")
    with databases.login(postgresql_url, role=None) as url, refused:
        await check_login(url, ROLE, may_bypass_row_security=True)


@with_pgbouncer
@pytest.mark.parametrize("dropped", ["", "ignore_startup_parameters = role, jit, max_parallel_workers_per_gather"])
async def test_a_pooler_that_keeps_the_server_connection_of_a_session_works(postgresql_url: str, dropped: str) -> None:
    """Also one that drops the start-up parameters it does not know: none is sent."""
    with pgbouncer(postgresql_url, "session", 20, dropped) as url:
        await check_login(url, ROLE, may_bypass_row_security=True)
        store, maker, loan_id = PostgresStore(url), BatchMaker(), new_id()
        await store.post(maker.batch(disbursement(loan_id, 1_000)))
        [current] = (await store.current_loans([(maker.tenant_id, loan_id)])).values()
        assert current is not None
        await store.check_writable()
        await store.close()


@with_pgbouncer
@pytest.mark.parametrize(
    ("pool_mode", "pool_size", "more"),
    [("transaction", 20, ""), ("transaction", 1, ""), ("transaction", 20, "server_round_robin = 1"), ("statement", 20, "")],
)
async def test_a_pooler_that_changes_the_server_connection_is_refused(
    postgresql_url: str, pool_mode: str, pool_size: int, more: str
) -> None:
    with pgbouncer(postgresql_url, pool_mode, pool_size, more) as url:
        for _ in range(3):
            with pytest.raises(StoreMisconfigured) as refused:
                await check_login(url, ROLE, may_bypass_row_security=True)
            assert refused.value.reason == POOLING
