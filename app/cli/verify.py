"""`hpts verify`: checks the complete journal and every balance, prints the differences, and stores nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Column, Table

from app import clock
from app.cli.console_output import console, verdict_text
from app.cli.database import tenants_of, with_store
from app.reconciliation.ledger_integrity.accounts import mismatched_accounts
from app.reconciliation.ledger_integrity.entries import accounts_of_broken_entries
from app.reconciliation.ledger_integrity.loans import mismatched_loans
from app.reconciliation.ledger_integrity.mismatch import IntegrityCheck, Mismatch, report_overflow
from app.reconciliation.trial_balance import TrialBalance, trial_balance
from app.settings import load_settings
from app.store.store import Store

DIFFERENCES_SHOWN: Final = 20
"""How many differences are printed for one check."""


@dataclass(frozen=True, slots=True)
class VerifiedCheck:
    """The result of one check for one tenant; `differences` is empty if the check passed."""

    tenant_id: str
    check: str
    differences: Sequence[str]


def verify(
    tenant: Annotated[UUID | None, typer.Option(help="One tenant; all tenants by default.", show_default=False)] = None,
) -> None:
    """Check that every entry balances, every balance equals its lines and the trial balance is zero; exit code 1 otherwise."""

    async def run(store: Store) -> list[VerifiedCheck]:
        return [result for each in await tenants_of(store, tenant) for result in await _verify_tenant(store, each)]

    results = with_store(load_settings(), run)
    out = console()
    if not results:
        out.print("There is no tenant with postings yet, so there is nothing to verify.")
        return
    for tenant_id, tenant_results in groupby(results, key=lambda result: result.tenant_id):
        out.print(_table(tenant_id, tenant_results))
    if any(result.differences for result in results):
        raise typer.Exit(1)


async def _verify_tenant(store: Store, tenant_id: str) -> list[VerifiedCheck]:
    checks: dict[str, IntegrityCheck] = {
        "every entry is balanced and complete": partial(accounts_of_broken_entries, tenant_id=tenant_id),
        "every account equals its lines": partial(mismatched_accounts, tenant_id=tenant_id),
        "every loan equals its lines": partial(mismatched_loans, tenant_id=tenant_id, as_of=clock.today()),
    }
    results = [
        VerifiedCheck(tenant_id, name, _describe_mismatches(await store.scan([tenant_id], report_overflow(check))))
        for name, check in checks.items()
    ]
    trials = await store.scan([tenant_id], partial(trial_balance, tenant_id=tenant_id))
    unequal = [_describe_trial(trial) for trial in trials if not trial.is_balanced]
    return [*results, VerifiedCheck(tenant_id, "the trial balance is zero", unequal)]


def _describe_mismatches(mismatches: set[Mismatch]) -> list[str]:
    return [" ".join(parts) for parts in sorted(mismatches)]


def _describe_trial(trial: TrialBalance) -> str:
    return f"{trial.currency} {trial.layer}: debits {trial.debits_minor}, credits {trial.credits_minor}"


def _table(tenant_id: str, results: Iterable[VerifiedCheck]) -> Table:
    table = Table(Column("check", no_wrap=True), "result", title=f"Tenant {tenant_id}", title_justify="left")
    for result in results:
        table.add_row(result.check, verdict_text(not result.differences, _shorten(result.differences)))
    return table


def _shorten(differences: Sequence[str]) -> str:
    more = [f"and {len(differences) - DIFFERENCES_SHOWN} more"] if len(differences) > DIFFERENCES_SHOWN else []
    return "\n".join([*differences[:DIFFERENCES_SHOWN], *more])
