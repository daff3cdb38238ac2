"""Reconciliation runs as they are kept: the newest of a date is the one that counts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, cast, func, insert, select

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
