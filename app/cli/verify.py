"""`hpts verify`: checks the whole journal and every balance, shows what differs, and stores nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Column, Table

from app import clock
from app.cli.console_output import console, verdict
from app.cli.database import tenants_of, with_store
from app.reconciliation.ledger_integrity.accounts import mismatched_accounts
from app.reconciliation.ledger_integrity.entries import accounts_of_broken_entries
from app.reconciliation.ledger_integrity.loans import mismatched_loans
from app.reconciliation.ledger_integrity.mismatch import IntegrityCheck, Mismatch, report_overflow
from app.reconciliation.trial_balance import TrialBalance, trial_balance
from app.settings import load_settings
from app.store.store import Store

SHOWN: Final = 20
"""Differences that are printed for one check at most."""


@dataclass(frozen=True, slots=True)
class VerifiedCheck:
    """One check of one tenant; `differences` is empty when all is well."""

    tenant_id: str
    check: str
    differences: Sequence[str]


def verify(
    tenant: Annotated[UUID | None, typer.Option(help="One tenant; without it all of them.", show_default=False)] = None,
) -> None:
    """Check that every entry balances, every balance equals its lines and the trial balance is zero; exit code 1 otherwise."""

    async def run(store: Store) -> list[VerifiedCheck]:
        return [finding for each in await tenants_of(store, tenant) for finding in await _findings(store, each)]

    findings = with_store(load_settings(), run)
    out = console()
    if not findings:
        out.print("There is no tenant with postings yet, so there is nothing to verify.")
        return
    for tenant_id, of_tenant in groupby(findings, key=lambda finding: finding.tenant_id):
        out.print(_table(tenant_id, of_tenant))
    if any(finding.differences for finding in findings):
        raise typer.Exit(1)


async def _findings(store: Store, tenant_id: str) -> list[VerifiedCheck]:
    checks: dict[str, IntegrityCheck] = {
        "every entry is balanced and whole": partial(accounts_of_broken_entries, tenant_id=tenant_id),
        "every account equals its lines": partial(mismatched_accounts, tenant_id=tenant_id),
        "every loan equals its lines": partial(mismatched_loans, tenant_id=tenant_id, as_of=clock.today()),
    }
    findings = [
        VerifiedCheck(tenant_id, name, _lines(await store.read([tenant_id], report_overflow(check))))
        for name, check in checks.items()
    ]
    trials = await store.read([tenant_id], partial(trial_balance, tenant_id=tenant_id))
    unequal = [_unequal(trial) for trial in trials if not trial.is_balanced]
    return [*findings, VerifiedCheck(tenant_id, "the trial balance is zero", unequal)]


def _lines(mismatches: set[Mismatch]) -> list[str]:
    return [" ".join(parts) for parts in sorted(mismatches)]


def _unequal(trial: TrialBalance) -> str:
    return f"{trial.currency} {trial.layer}: debits {trial.debits_minor}, credits {trial.credits_minor}"


def _table(tenant_id: str, findings: Iterable[VerifiedCheck]) -> Table:
    table = Table(Column("check", no_wrap=True), "result", title=f"Tenant {tenant_id}", title_justify="left")
    for finding in findings:
        table.add_row(finding.check, verdict(not finding.differences, _shown(finding.differences)))
    return table


def _shown(differences: Sequence[str]) -> str:
    more = [f"and {len(differences) - SHOWN} more"] if len(differences) > SHOWN else []
    return "\n".join([*differences[:SHOWN], *more])
