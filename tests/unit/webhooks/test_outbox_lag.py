"""The lag is the age of the oldest entry that is pending, and 0 when none is."""

from app.observability.exposition import exposition
from app.observability.metrics import Metrics
from app.store.store import Store
from app.webhooks.outbox_lag import read_outbox_lag
from tests.support.events import Tenant, disbursement, new_id
from tests.support.webhooks import Webhooks, attempt


def told(metrics: Metrics) -> list[float]:
    lines = exposition(metrics).decode().splitlines()
    return [float(line.split()[1]) for line in lines if line.startswith("hpts_outbox_lag_seconds ")]


async def test_the_lag_counts_from_the_posting_of_the_oldest_pending_entry(store: Store, tenant: Tenant) -> None:
    metrics = Metrics({})
    assert told(metrics) == []
    posted = await tenant.post(disbursement(new_id()), new_id())
    await read_outbox_lag(store, metrics)
    assert told(metrics) == [0]
    webhooks = Webhooks(store, tenant.tenant_id)
    lease = await webhooks.lease(await webhooks.create())
    await read_outbox_lag(store, metrics)
    [first], [second] = told(metrics), told(metrics)
    assert 0 < first <= second
    page = await webhooks.deliveries.untried(lease, (await webhooks.deliveries.renew([lease], 60))[0].cursor, 10)
    assert page is not None
    [entry] = page.entries
    assert entry.journal_entry_id == posted["journal_entry_id"]
    await webhooks.deliveries.record([attempt(lease, entry)], {lease: page.cursor})
    await read_outbox_lag(store, metrics)
    assert told(metrics) == [0]
