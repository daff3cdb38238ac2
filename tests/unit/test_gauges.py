"""What stands at a moment is read into the metrics, also when nothing happens."""

from pathlib import Path

from app import clock
from app.dev.keys import development_key
from app.gauges import GAUGE_LABEL_VALUES, Gauges
from app.main import open_key_set, open_services
from app.observability.exposition import exposition
from app.observability.metrics import Metrics
from app.settings import load_settings
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, running_writer


async def test_queue_connections_keys_and_reconciliation_are_told(store: Store, database_url: str, tmp_path: Path) -> None:
    settings = load_settings(database_url=database_url, jwks=str(tmp_path / "keys" / "jwks.json"))
    development_key(settings)
    services = open_services(settings, store, open_key_set(settings))
    metrics = Metrics(GAUGE_LABEL_VALUES)
    await Gauges(metrics, services).refresh()
    before = exposition(metrics).decode()
    assert "\nhpts_queue_depth 0.0" in before
    assert '\nhpts_pool_connections{pool="reads",state="idle"}' in before
    assert "\nhpts_jwks_age_seconds " not in before
    assert "\nhpts_reconciliation_status " not in before

    await services.keys.keep_current()
    async with running_writer(store, clock.now) as writer:
        for _ in range(2):
            tenant = Tenant(writer)
            await tenant.post(disbursement(new_id(), 1_000, clock.today()))
            await services.reconciliation.run(tenant.tenant_id, clock.today())
    await Gauges(metrics, services).refresh()
    after = exposition(metrics).decode()
    assert "\nhpts_jwks_age_seconds 0." in after
    assert "\nhpts_reconciliation_status 1.0" in after
    assert "\nhpts_reconciliation_findings 0.0" in after
    assert "\nhpts_reconciliation_age_seconds 0." in after
