"""`hpts verify`: checks the complete journal and every balance, prints the differences, and stores nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Column, Table

from app.cli.console_output import console, verdict_text
from app.cli.database import tenants_of, with_store
from app.reconciliation.ledger_integrity.entries import accounts_of_broken_entries
from app.reconciliation.ledger_integrity.mismatch import report_overflow
from app.reconciliation.trial_balance import TrialBalance, trial_balance
from app.reconciliation.verification.accounts import different_accounts
from app.reconciliation.verification.defences import missing_defences
from app.reconciliation.verification.deviations import Deviation
from app.reconciliation.verification.entries import wrong_event_types, wrong_reversals
from app.reconciliation.verification.loans import different_loan_days, different_loans
from app.settings import load_settings
from app.store.queries.tenants import all_tenants, tenants_with_rows
from app.store.store import Store

WHAT_TO_DO: Final = """What to do: stop postings, keep the database as it is with `hpts backup`, and find out who changed it:
no posting makes such a difference. Where entries or lines are wrong, go back to the newest backup on which `hpts verify`
succeeds. Where only balances, dates or marks beside the journal are wrong, the recomputed values are right.
Missing defences are made anew from such a backup, or from the migrations in app/store/migrations."""
DIFFERENCES_SHOWN: Final = 20
"""How many differences are printed for one check."""


@dataclass(frozen=True, slots=True)
class VerifiedCheck:
    """The result of one check for one tenant, or for the database; `differences` is empty if the check passed."""

    tenant_id: str
    check: str
    differences: Sequence[str]


def verify(
    tenant: Annotated[UUID | None, typer.Option(help="One tenant; all tenants by default.", show_default=False)] = None,
) -> None:
    """Check that every entry balances, every balance equals its lines and the trial balance is zero; exit code 1 otherwise."""

    results = with_store(load_settings(), partial(_verify, tenant=tenant), read_only=True)
    out = console()
    if not results:
        out.print("There is no tenant with postings yet, so there is nothing to verify.")
        return
    for tenant_id, tenant_results in groupby(results, key=lambda result: result.tenant_id):
        out.print(_table(tenant_id, tenant_results))
    if any(result.differences for result in results):
        out.print(WHAT_TO_DO)
        raise typer.Exit(1)


async def _verify(store: Store, tenant: UUID | None) -> list[VerifiedCheck]:
    """The database's checks, then each tenant's; a tenant that has rows is checked whether it is listed or not."""
    listed, with_rows = await store.scan((), all_tenants), await store.scan((), tenants_with_rows)
    missing = [Deviation(f"tenant {each}", "", "listed in the table of tenants") for each in with_rows if each not in listed]
    chosen = await tenants_of(store, tenant) if tenant and str(tenant) not in with_rows else [str(tenant)]
    tenant_ids = chosen if tenant else sorted({*listed, *with_rows})
    results = [result for each in tenant_ids for result in await _verify_tenant(store, each)]
    if not results:
        return []
    defences = await store.scan((), missing_defences)
    of_all = {"every tenant is listed": missing, "the database's defences are in force": defences}
    return [VerifiedCheck("", name, list(map(str, found))) for name, found in of_all.items()] + results


async def _verify_tenant(store: Store, tenant_id: str) -> list[VerifiedCheck]:
    async def ask(check: Callable[..., Iterable[object]]) -> list[str]:
        return _describe_mismatches(await store.scan([tenant_id], report_overflow(partial(check, tenant_id=tenant_id))))

    checks: dict[str, Sequence[Callable[..., Iterable[object]]]] = {
        "every entry is balanced and complete": [accounts_of_broken_entries],
        "every entry is what its event posts": [wrong_event_types, wrong_reversals],
        "every account equals its lines": [different_accounts],
        "every loan equals its lines": [different_loans, different_loan_days],
    }
    results = [
        VerifiedCheck(tenant_id, name, [each for check in parts for each in await ask(check)]) for name, parts in checks.items()
    ]
    trials = await store.scan([tenant_id], partial(trial_balance, tenant_id=tenant_id))
    unequal = [_describe_trial(trial) for trial in trials if not trial.is_balanced]
    return [*results, VerifiedCheck(tenant_id, "the trial balance is zero", unequal)]


def _describe_mismatches(mismatches: Iterable[object]) -> list[str]:
    return sorted(" ".join(each) if isinstance(each, tuple) else str(each) for each in mismatches)


def _describe_trial(trial: TrialBalance) -> str:
    return f"{trial.currency} {trial.layer}: debits {trial.debits_minor}, credits {trial.credits_minor}"


def _table(tenant_id: str, results: Iterable[VerifiedCheck]) -> Table:
    title = f"Tenant {tenant_id}" if tenant_id else "The database"
    table = Table(Column("check", no_wrap=True), "result", title=title, title_justify="left")
    for result in results:
        table.add_row(result.check, verdict_text(not result.differences, _shorten(result.differences)))
    return table


def _shorten(differences: Sequence[str]) -> str:
    more = [f"and {len(differences) - DIFFERENCES_SHOWN} more"] if len(differences) > DIFFERENCES_SHOWN else []
    return "\n".join([*differences[:DIFFERENCES_SHOWN], *more])
