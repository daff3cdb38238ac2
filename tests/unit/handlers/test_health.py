"""The probes: alive whatever happens, ready only with a database of the newest schema and a key set that is recent enough."""

from dataclasses import replace

from app import health
from app.auth.key_set import KeySet
from handlers.health import KEYS_UNREAD, RETRY_LATER, get_liveness, get_readiness
from tests.support.tampering import Tamperer
from tests.unit.auth.tokens import PublishedKeys, key_set
from tests.unit.handlers.tenant_client import TenantClient

OK, UNAVAILABLE = {"status": "ok"}, {"status": "unavailable"}


async def test_a_process_that_runs_says_what_it_is(tenant_client: TenantClient) -> None:
    answer, found = await tenant_client.ask(get_liveness, tenant_client.call("getLiveness"))
    assert answer.status == 200
    assert found == {"status": "ok", "version": health.VERSION, "git_sha": health.GIT_SHA}


async def test_a_process_with_a_migrated_database_is_ready(tenant_client: TenantClient) -> None:
    answer, found = await tenant_client.ask(get_readiness, tenant_client.call("getReadiness"))
    assert (answer.status, answer.headers) == (200, ())
    assert found == {"status": "ok", "checks": {"database": OK, "migrations": OK, "key_set": OK}}


async def test_a_process_with_another_schema_is_not_ready_and_says_when_to_ask_again(
    tenant_client: TenantClient, sqlite_url: str
) -> None:
    Tamperer(sqlite_url, "sqlite").execute("UPDATE alembic_version SET version_num = '0000'")
    answer, found = await tenant_client.ask(get_readiness, tenant_client.call("getReadiness"))
    assert (answer.status, answer.headers) == (503, RETRY_LATER)
    assert found == {
        "status": "unavailable",
        "checks": {
            "database": OK,
            "migrations": UNAVAILABLE | {"detail": found["checks"]["migrations"]["detail"]},
            "key_set": OK,
        },
    }


async def test_a_process_whose_key_set_was_never_read_or_is_too_old_is_not_ready(tenant_client: TenantClient) -> None:
    for keys in (KeySet(PublishedKeys(b"")), KeySet(PublishedKeys(key_set()), 0)):
        await keys.keep_current()
        client = replace(tenant_client, services=replace(tenant_client.services, keys=keys))
        answer, found = await client.ask(get_readiness, client.call("getReadiness"))
        assert (answer.status, answer.headers) == (503, RETRY_LATER)
        assert found["checks"] == {"database": OK, "migrations": OK, "key_set": UNAVAILABLE | {"detail": KEYS_UNREAD}}
