"""Runs the checks and keeps their results: the newest run of a date is what is answered for it.

Each check is one statement that sees one moment, so they run side by side while postings go on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from app import clock
from app.ids import uuid7
from app.ledger.money import AMOUNT_MINOR_MAX
from app.reconcile.accounts import drifted_accounts
from app.reconcile.drift import Drifted, confirmed_by, found_by
from app.reconcile.entries import accounts_of_broken_entries
from app.reconcile.glance import entries_balance, lines_add_up
from app.reconcile.loans import drifted_loans
from app.reconcile.rollup import Principal, principal_by_currency
from app.store import runs
from app.store.phases import Store
from app.store.reading import read, write

logger = logging.getLogger("hpts.reconcile")
Status = Mapping[str, Any]
"""The contract's ReconciliationStatus, as a JSON object."""


class Reconciliation:
    """One per process; several processes may share a database."""

    def __init__(self, store: Store, now: Callable[[], datetime] = clock.now) -> None:
        self._store = store
        self._now = now
        self._under_way: dict[tuple[str, date], asyncio.Task[Status]] = {}

    async def status(self, tenant_id: str, as_of: date | None = None) -> Status:
        """The newest run for the date (today if none is given); runs where there is none. Raises ReadUnavailable."""
        as_of = as_of or self._now().date()
        kept = await read(self._store, [tenant_id], partial(runs.newest_run, tenant_id=tenant_id, as_of=as_of))
        if kept is not None:
            return kept[1]
        key = (tenant_id, as_of)
        if key not in self._under_way:
            self._under_way[key] = asyncio.create_task(self.run(tenant_id, as_of))
            self._under_way[key].add_done_callback(lambda _: self._under_way.pop(key))
        return await asyncio.shield(self._under_way[key])

    async def run(self, tenant_id: str, as_of: date) -> Status:
        """Check everything as of a date, and keep the result. Raises ReadUnavailable."""
        checked_at = self._now()
        *are_well, loans, principal = await asyncio.gather(
            read(self._store, [tenant_id], confirmed_by(partial(lines_add_up, tenant_id=tenant_id))),
            read(self._store, [tenant_id], confirmed_by(partial(entries_balance, tenant_id=tenant_id))),
            read(self._store, [tenant_id], found_by(partial(drifted_loans, tenant_id=tenant_id, as_of=as_of))),
            read(self._store, [tenant_id], partial(principal_by_currency, tenant_id=tenant_id, as_of=as_of)),
        )
        drifted = loans if all(are_well) else loans | await self._drifted_accounts(tenant_id)
        result = _status(as_of, checked_at, drifted, principal)
        keep = partial(
            runs.keep_run,
            tenant_id=tenant_id,
            as_of=as_of,
            run_id=uuid7(checked_at),
            checked_at=checked_at,
            result=result,
        )
        await write(self._store, [tenant_id], keep)
        return result

    async def _drifted_accounts(self, tenant_id: str) -> set[Drifted]:
        accounts, of_entries = await asyncio.gather(
            read(self._store, [tenant_id], found_by(partial(drifted_accounts, tenant_id=tenant_id))),
            read(self._store, [tenant_id], found_by(partial(accounts_of_broken_entries, tenant_id=tenant_id))),
        )
        return accounts | of_entries

    async def run_all(self, unless_younger_than: timedelta | None = None) -> dict[str, Status]:
        """Run every tenant as of today, but those whose newest run of today is younger; the results by tenant."""
        results: dict[str, Status] = {}
        today = self._now().date()
        for tenant_id in await read(self._store, (), runs.all_tenants):
            if unless_younger_than is None or not await self._has_run_since(tenant_id, today, self._now() - unless_younger_than):
                results[tenant_id] = await self.run(tenant_id, today)
        return results

    async def schedule(self, interval_seconds: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Run all tenants at once and then at every interval, until cancelled; processes that share a database share the work."""
        while True:
            try:
                await self.run_all(timedelta(seconds=interval_seconds / 2))
            except Exception:
                logger.exception("reconciliation failed; it is tried again in %s seconds", interval_seconds)
            await sleep(interval_seconds)

    async def _has_run_since(self, tenant_id: str, as_of: date, moment: datetime) -> bool:
        kept = await read(self._store, [tenant_id], partial(runs.newest_run, tenant_id=tenant_id, as_of=as_of))
        return kept is not None and kept[0] > moment


def _status(as_of: date, checked_at: datetime, drifted: set[Drifted], principal: Mapping[str, Principal]) -> Status:
    for account in sorted(drifted)[:10]:
        logger.error("reconciliation as of %s: %s differs from the journal", as_of, " ".join(account))
    return {
        "as_of_date": as_of.isoformat(),
        "ledger_integrity": {
            "status": "drift_detected" if drifted else "ok",
            "mismatched_account_count": len(drifted),
            "checked_at": clock.timestamp(checked_at),
        },
        "bank_reconciliation": [],
        "portfolio_rollup": _rollup(principal),
    }


def _rollup(principal: Mapping[str, Principal]) -> dict[str, str]:
    """Amounts only where they mean something: of a single currency, and such as the contract can write."""
    is_equal = all(sums.ledger_minor == sums.loans_minor for sums in principal.values())
    rollup = {"status": "ok" if is_equal else "drift_detected"}
    if len(principal) <= 1:
        sums = next(iter(principal.values()), Principal(0, 0))
        amounts = {"gl_principal_minor": sums.ledger_minor, "sum_of_loan_balances_minor": sums.loans_minor}
        rollup |= {name: str(amount) for name, amount in amounts.items() if 0 <= amount <= AMOUNT_MINOR_MAX}
    return rollup
