"""What a handler may use: the ledger's writer, its reads, reconciliation, and what lies under them."""

from dataclasses import dataclass

from app.ledger.errors import Fault, ReversalBlocked
from app.ledger.reversal import Reversal
from app.posting.commands import Origin, Receipt
from app.posting.writer import Writer
from app.reconcile.service import Reconciliation
from app.settings import Settings
from app.store.blocking import BlockingEntry
from app.store.phases import Store
from app.store.reads import Reads


@dataclass(frozen=True, slots=True)
class Ledger:
    posting: Writer
    reads: Reads
    reconciliation: Reconciliation
    store: Store
    settings: Settings

    async def reverse(self, origin: Origin, reversal: Reversal) -> Receipt:
        """Post a reversal; one that is blocked names the entries to reverse first. Raises what the writer raises."""
        try:
            return await self.posting.submit(origin, reversal)
        except ReversalBlocked as blocked:
            entries = await self.reads.entries_blocking(origin.tenant_id, reversal.reverses_entry_id, blocked.loan_ids)
            faults = [_fault(entry) for entry in entries] or blocked.faults
            raise ReversalBlocked(blocked.detail, *faults, loan_ids=blocked.loan_ids) from None


def _fault(entry: BlockingEntry) -> Fault:
    what = f"{entry.event_type} entry {entry.journal_entry_id}, effective {entry.effective_at}"
    return Fault("/reverses_entry_id", ReversalBlocked.code, f"loan {entry.loan_id}: reverse {what}, first")
