"""Large commands take turns with small ones: a payment does not wait for the accruals of thousands of loans before it."""

import asyncio
from typing import Any, Final

from app.ledger.events.accrual import Accrual, AccruedLoan
from app.store.store import Store
from app.store.transaction import CommandBatch
from tests.support.events import Tenant, day, disbursement, new_id, payment, running_writer

ACCRUALS: Final = 12
LOANS: Final = 300


class ObservedStore:
    """Keeps the tenants of every batch, and how many batches with the busy tenant were under way with it."""

    def __init__(self, store: Store, busy_tenant_id: str) -> None:
        self._store = store
        self._busy_tenant_id = busy_tenant_id
        self._under_way = 0
        self.batches: list[list[str]] = []
        self.most_at_once = 0

    async def post(self, batch: CommandBatch) -> None:
        self.batches.append(list(batch.tenant_ids))
        is_busy = self._busy_tenant_id in batch.tenant_ids
        self._under_way += is_busy
        self.most_at_once = max(self.most_at_once, self._under_way)
        await self._store.post(batch)
        self._under_way -= is_busy

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_large_accruals_are_posted_one_batch_at_a_time_and_apart_from_another_tenant_s_payments(store: Store) -> None:
    async with running_writer(store) as writer:
        busy, quiet = Tenant(writer), Tenant(writer)
        loan_ids, quiet_loan_id = [new_id() for _ in range(LOANS)], new_id()
        await asyncio.gather(*(busy.post(disbursement(loan_id, 1_000, day(-30))) for loan_id in loan_ids))
        await quiet.post(disbursement(quiet_loan_id))
    observed: Any = ObservedStore(store, busy.tenant_id)
    async with running_writer(observed) as writer:
        busy, quiet = Tenant(writer, busy.tenant_id), Tenant(writer, quiet.tenant_id)
        accruals = [
            Accrual(new_id(), day(-number), "ACT_365", [AccruedLoan(each, 1_000, 1) for each in loan_ids])
            for number in range(ACCRUALS)
        ]
        accrued = [asyncio.create_task(busy.post(each, new_id())) for each in accruals]
        paid = [asyncio.create_task(quiet.post(payment(quiet_loan_id, 1), new_id())) for _ in range(5)]
        await asyncio.gather(*paid)
        accrued_meanwhile = sum(task.done() for task in accrued)
        await asyncio.gather(*accrued)
    assert accrued_meanwhile <= ACCRUALS // 2
    assert observed.most_at_once == 1
    assert all(len(tenant_ids) == 1 for tenant_ids in observed.batches)
