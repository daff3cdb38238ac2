"""Debits and credits of accounts, in total and by effective date, recomputed from the journal's lines."""

from sqlalchemy import Connection, Table, case, func, select

from app.ledger.chart import DEBIT
from app.reconciliation.verification.deviations import Deviation, compare_rows
from app.store.tables import account_days, account_totals, journal_lines


def different_accounts(connection: Connection, tenant_id: str) -> list[Deviation]:
    totals = _different(connection, "account", account_totals, tenant_id, ("account_code", "currency", "layer"))
    days = _different(connection, "account day", account_days, tenant_id, ("account_code", "currency", "layer", "effective_at"))
    return totals + days


def _different(connection: Connection, kind: str, table: Table, tenant_id: str, key: tuple[str, ...]) -> list[Deviation]:
    """The rows of all stripes, added up, against the lines."""
    line = journal_lines.c
    stored_key, line_key = [table.c[name] for name in key], [line[name] for name in key]
    stored = select(*stored_key, func.sum(table.c.dr_minor).label("dr_minor"), func.sum(table.c.cr_minor).label("cr_minor"))
    sides = (
        func.sum(case((line.direction == DEBIT, line.amount_minor), else_=0)),
        func.sum(case((line.direction == DEBIT, 0), else_=line.amount_minor)),
    )
    return compare_rows(
        connection,
        kind,
        stored.where(table.c.tenant_id == tenant_id).group_by(*stored_key),
        select(*line_key, *sides).where(line.tenant_id == tenant_id).group_by(*line_key),
        key=len(key),
    )
