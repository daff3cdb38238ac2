"""What a handler is given: the writer, reads, reconciliation, webhook endpoints, chart of accounts, store, settings, key set."""

from dataclasses import dataclass

from app.auth.key_set import KeySet
from app.ledger.chart import ChartOfAccounts
from app.posting.writer import Writer
from app.reads.service import Reads
from app.reconciliation.service import Reconciliation
from app.settings import Settings
from app.store.store import Store
from app.webhooks.administration import WebhookAdministration


@dataclass(frozen=True, slots=True)
class Services:
    """One per process."""

    writer: Writer
    reads: Reads
    reconciliation: Reconciliation
    webhooks: WebhookAdministration
    chart: ChartOfAccounts
    store: Store
    settings: Settings
    keys: KeySet
