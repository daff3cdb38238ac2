"""Runs the checks: for a status as the books are now, and for a run that is kept.

A status is answered again only while nothing in the database was committed since its check began, so that a posting, a back-dated
one too, and a change behind the application's back show at the next question. Questions that wait while a check is under way
share the next one. Each check is one statement that sees one moment, so the checks run concurrently while postings go on.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from app import clock
from app.ids import uuid7
from app.limits import AMOUNT_MINOR_MAX, RECONCILIATIONS_KEPT
from app.reconciliation.ledger_integrity.accounts import mismatched_accounts
from app.reconciliation.ledger_integrity.entries import accounts_of_broken_entries
from app.reconciliation.ledger_integrity.loans import mismatched_loans
from app.reconciliation.ledger_integrity.mismatch import Mismatch, false_on_overflow, report_overflow
from app.reconciliation.ledger_integrity.quick_check import entries_balance, lines_add_up
from app.reconciliation.portfolio_rollup import PrincipalTotals, principal_by_currency
from app.store.queries import reconciliation_runs
from app.store.queries.tenants import all_tenants
from app.store.store import Store

logger: Final = logging.getLogger("hpts.reconciliation")
ReconciliationStatus = Mapping[str, Any]
"""The contract's ReconciliationStatus, as a JSON object."""


class _Kept:
    """The newest check of a tenant and date: the last change before it, and its number among all questions and checks."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.status: ReconciliationStatus = {}
        self.last_change: object = None
        self.began = -1

    def answers(self, asked: int, last_change: object) -> bool:
        """Whether the check began after the question, or nothing has changed since it began."""
        return bool(self.status) and (self.began > asked or self.last_change == last_change)


class Reconciliation:
    """One per process; several processes may share a database."""

    def __init__(self, store: Store, now: Callable[[], datetime] = clock.now) -> None:
        self._store = store
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        self._numbers = count()
        self._kept: OrderedDict[tuple[str, date], _Kept] = OrderedDict()

    async def status(self, tenant_id: str, as_of: date | None = None) -> ReconciliationStatus:
        """Of the books as they are now, as of a date, today if none is given. Raises StoreUnavailable."""
        as_of, asked = as_of or self._now().date(), next(self._numbers)
        kept = self._kept_check(tenant_id, as_of)
        last_change = await self._store.last_change()
        if kept.answers(asked, last_change):
            return kept.status
        async with kept.lock:
            if not kept.answers(asked, last_change):
                began = next(self._numbers)
                kept.status, kept.last_change, kept.began = await self._check(tenant_id, as_of), last_change, began
            return kept.status

    def _kept_check(self, tenant_id: str, as_of: date) -> _Kept:
        key = (tenant_id, as_of)
        kept = self._kept.setdefault(key, _Kept())
        self._kept.move_to_end(key)
        while len(self._kept) > RECONCILIATIONS_KEPT:
            self._kept.popitem(last=False)
        return kept

    async def run(self, tenant_id: str, as_of: date) -> ReconciliationStatus:
        """Check everything as of a date, and keep the result in the database. Raises StoreUnavailable."""
        checked_at = self._now()
        result = await self._check(tenant_id, as_of, checked_at)
        keep = partial(
            reconciliation_runs.keep_run,
            tenant_id=tenant_id,
            as_of=as_of,
            run_id=uuid7(checked_at),
            checked_at=checked_at,
            result=result,
        )
        await self._store.write([tenant_id], keep)
        return result

    async def _check(self, tenant_id: str, as_of: date, checked_at: datetime | None = None) -> ReconciliationStatus:
        """One at a time: a check takes all connections that there are for scans."""
        async with self._one_at_a_time:
            checked_at = checked_at or self._now()
            *quick_checks, loans, principal = await asyncio.gather(
                self._store.scan([tenant_id], false_on_overflow(partial(lines_add_up, tenant_id=tenant_id))),
                self._store.scan([tenant_id], false_on_overflow(partial(entries_balance, tenant_id=tenant_id))),
                self._store.scan([tenant_id], report_overflow(partial(mismatched_loans, tenant_id=tenant_id, as_of=as_of))),
                self._store.scan([tenant_id], partial(principal_by_currency, tenant_id=tenant_id, as_of=as_of)),
            )
            mismatches = set(loans) if all(quick_checks) else {*loans, *await self._mismatched_accounts(tenant_id)}
            return _status(as_of, checked_at, mismatches, principal)

    async def _mismatched_accounts(self, tenant_id: str) -> set[Mismatch]:
        accounts, of_entries = await asyncio.gather(
            self._store.scan([tenant_id], report_overflow(partial(mismatched_accounts, tenant_id=tenant_id))),
            self._store.scan([tenant_id], report_overflow(partial(accounts_of_broken_entries, tenant_id=tenant_id))),
        )
        return {*accounts, *of_entries}

    async def run_all(self, unless_younger_than: timedelta | None = None) -> dict[str, ReconciliationStatus]:
        """Run every tenant as of today, but those whose newest run of today is younger; the results by tenant."""
        results: dict[str, ReconciliationStatus] = {}
        today = self._now().date()
        for tenant_id in await self._store.read((), all_tenants):
            if unless_younger_than is None or not await self._has_run_since(tenant_id, today, self._now() - unless_younger_than):
                results[tenant_id] = await self.run(tenant_id, today)
        return results

    async def _has_run_since(self, tenant_id: str, as_of: date, moment: datetime) -> bool:
        kept = await self._store.read([tenant_id], partial(reconciliation_runs.newest_run, tenant_id=tenant_id, as_of=as_of))
        return kept is not None and kept[0] > moment


def _status(
    as_of: date, checked_at: datetime, mismatches: set[Mismatch], principal: Mapping[str, PrincipalTotals]
) -> ReconciliationStatus:
    for account in sorted(mismatches)[:10]:
        logger.error("reconciliation as of %s: %s differs from the journal", as_of, " ".join(account))
    return {
        "as_of_date": as_of.isoformat(),
        "ledger_integrity": {
            "status": "drift_detected" if mismatches else "ok",
            "mismatched_account_count": len(mismatches),
            "checked_at": clock.timestamp(checked_at),
        },
        "bank_reconciliation": [],
        "portfolio_rollup": _rollup(principal),
    }


def _rollup(principal: Mapping[str, PrincipalTotals]) -> dict[str, str]:
    """Amounts only where they mean something: of a single currency, and such as the contract can write."""
    is_equal = all(sums.ledger_minor == sums.loans_minor for sums in principal.values())
    rollup = {"status": "ok" if is_equal else "drift_detected"}
    if len(principal) <= 1:
        sums = next(iter(principal.values()), PrincipalTotals(0, 0))
        amounts = {"gl_principal_minor": sums.ledger_minor, "sum_of_loan_balances_minor": sums.loans_minor}
        rollup |= {name: str(amount) for name, amount in amounts.items() if 0 <= amount <= AMOUNT_MINOR_MAX}
    return rollup
