"""`hpts reconcile`: recomputes balances from the journal for one tenant or all, stores the result and prints it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Table

from app import clock
from app.cli.console_output import console, verdict_text
from app.cli.database import tenants_of, with_store
from app.reconciliation.service import Reconciliation, ReconciliationStatus
from app.settings import load_settings
from app.store.store import Store

_PARTS: Final = ("ledger_integrity", "portfolio_rollup")
_HEADINGS: Final = ("tenant", "ledger", "roll-up", "mismatched", "GL 1100", "sum of loans")


def reconcile(
    tenant: Annotated[UUID | None, typer.Option(help="One tenant; all tenants by default.", show_default=False)] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Effective date; today by default.")] = None,
) -> None:
    """Recompute every balance from the journal and store the result; exit code 1 if any balance has drifted."""
    as_of_date = as_of.date() if as_of else clock.today()

    async def run(store: Store) -> list[tuple[str, ReconciliationStatus]]:
        service = Reconciliation(store, clock.now)
        return [(each, await service.run(each, as_of_date)) for each in await tenants_of(store, tenant)]

    results = with_store(load_settings(), run)
    out = console()
    if not results:
        out.print("There is no tenant with postings yet, so there is nothing to reconcile.")
        return
    out.print(_table(results, as_of_date.isoformat()))
    if not all(_is_ok(status, part) for _, status in results for part in _PARTS):
        raise typer.Exit(1)


def _table(results: Sequence[tuple[str, ReconciliationStatus]], as_of_date: str) -> Table:
    table = Table(*_HEADINGS, title=f"As of {as_of_date}, in minor units", title_justify="left")
    for column in table.columns[2:]:
        column.justify = "right"
    for tenant_id, status in results:
        integrity, rollup = status["ledger_integrity"], status["portfolio_rollup"]
        table.add_row(
            tenant_id,
            *(verdict_text(_is_ok(status, part), "drift") for part in _PARTS),
            str(integrity["mismatched_account_count"]),
            rollup.get("gl_principal_minor", "-"),
            rollup.get("sum_of_loan_balances_minor", "-"),
        )
    return table


def _is_ok(status: ReconciliationStatus, part: str) -> bool:
    part_status: str = status[part]["status"]
    return part_status == "ok"
