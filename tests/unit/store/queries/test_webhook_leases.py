"""After a restore no endpoint is enabled or leased, and a lease from before is worth nothing."""

from sqlalchemy import create_engine, make_url

from app.store.open import open_store
from app.store.queries.commit_order import BEGINNING
from app.store.queries.webhook_leases import reset_after_restore
from app.store.store import Store
from app.webhooks.delivery_store import Cursor
from tests.support.databases import Databases
from tests.support.events import new_id
from tests.support.webhooks import LEASE_SECONDS, Webhooks


async def test_restored_endpoints_are_disabled_and_free(engine_name: str, databases: Databases) -> None:
    with databases.fresh(engine_name) as url:
        store: Store = open_store(url)
        webhooks = Webhooks(store, new_id())
        ids = [await webhooks.create() for _ in range(3)]
        await webhooks.disable(ids[0])
        lease = await webhooks.lease(ids[1])
        owner = create_engine(make_url(url).set(drivername="postgresql+psycopg") if engine_name == "postgresql" else url)
        with owner.begin() as connection:
            assert reset_after_restore(connection) == 2
            assert reset_after_restore(connection) == 0
        owner.dispose()
        assert [(await webhooks.view(each)).status for each in ids] == ["disabled"] * 3
        assert await webhooks.deliveries.record([], {lease: Cursor(str(BEGINNING))}) == [lease]
        await webhooks.enable(ids[1])
        assert (await webhooks.lease(ids[1])).epoch > lease.epoch
        assert await webhooks.deliveries.renew([lease], LEASE_SECONDS) == []
        await store.close()
