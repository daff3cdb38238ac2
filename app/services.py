"""What a handler is given: the ledger's writer, its reads, reconciliation, the chart of accounts, store and settings."""

from dataclasses import dataclass

from app.ledger.chart import ChartOfAccounts
from app.posting.writer import Writer
from app.reads.service import Reads
from app.reconciliation.service import Reconciliation
from app.settings import Settings
from app.store.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """One per process."""

    writer: Writer
    reads: Reads
    reconciliation: Reconciliation
    chart: ChartOfAccounts
    store: Store
    settings: Settings
