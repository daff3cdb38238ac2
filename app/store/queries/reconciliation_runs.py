"""Reconciliation runs as they are kept: the newest of a date is the one that counts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, cast, func, insert, select

from app.store.queries.key_table import key_parameters, key_table
from app.store.tables import Document, Id, reconciliation_runs


def newest_run(connection: Connection, tenant_id: str, as_of: date) -> tuple[datetime, Mapping[str, Any]] | None:
    """When it was checked, and its result."""
    runs = reconciliation_runs.c
    statement = (
        select(runs.checked_at, runs.result)
        .where(runs.tenant_id == tenant_id, runs.as_of_date == as_of)
        .order_by(runs.run_id.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.checked_at, row.result)


def newest_runs(connection: Connection, tenant_ids: Sequence[str]) -> list[tuple[datetime, Mapping[str, Any]]]:
    """Of each tenant that has one, the newest run of its latest date: when it was checked, and its result."""
    wanted, runs = key_table(connection.dialect.name, tenant_id="id"), reconciliation_runs.c
    newest = (
        select(runs.run_id)
        .where(runs.tenant_id == wanted.c.tenant_id)
        .order_by(runs.as_of_date.desc(), runs.run_id.desc())
        .limit(1)
        .correlate(wanted)
        .scalar_subquery()
    )
    statement = select(runs.checked_at, runs.result).join(
        wanted, and_(runs.tenant_id == wanted.c.tenant_id, runs.run_id == newest)
    )
    rows = connection.execute(statement, key_parameters((tenant_id,) for tenant_id in tenant_ids))
    return [(row.checked_at, row.result) for row in rows]


def keep_run(
    connection: Connection, tenant_id: str, as_of: date, run_id: str, checked_at: datetime, result: Mapping[str, Any]
) -> None:
    """Keeps the run of a tenant that has postings."""
    if connection.dialect.name == "postgresql":
        kept = func.hpts_keep_run(cast(tenant_id, Id), as_of, cast(run_id, Id), checked_at, cast(result, Document))
        connection.execute(select(kept))
        return
    row = {"tenant_id": tenant_id, "as_of_date": as_of, "run_id": run_id, "checked_at": checked_at, "result": result}
    connection.execute(insert(reconciliation_runs), row)
