"""What a handler may use: the ledger's writer, its reads, reconciliation, and what lies under them."""

from dataclasses import dataclass

from app.posting.writer import Writer
from app.reconcile.service import Reconciliation
from app.settings import Settings
from app.store.phases import Store
from app.store.reads import Reads


@dataclass(frozen=True, slots=True)
class Ledger:
    posting: Writer
    reads: Reads
    reconciliation: Reconciliation
    store: Store
    settings: Settings
