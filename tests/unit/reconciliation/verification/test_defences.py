"""A trigger, policy or right that is not as the migrations made it is found."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from app.reconciliation.verification.defences import SQLITE_TRIGGERS, missing_defences
from app.store.database_url import sqlite_path
from app.store.open import open_store

CHANGES = {
    "ALTER TABLE journal_lines DISABLE TRIGGER balanced": "trigger journal_lines balanced: stored nothing",
    "DROP TRIGGER append_only ON journal_entries": "trigger journal_entries append_only: stored nothing",
    "ALTER TABLE loans DISABLE ROW LEVEL SECURITY": "row-level security loans",
    "DROP POLICY tenant ON tenants": "policy tenants tenant",
    "GRANT DELETE ON idempotency_keys TO hpts_app": "right of hpts_app: idempotency_keys DELETE: stored granted",
    "GRANT UPDATE ON loans TO hpts_app": "right of hpts_app: loans UPDATE",
    "REVOKE INSERT ON journal_lines FROM hpts_app": "right of hpts_app: journal_lines INSERT: stored nothing, recomputed granted",
}


async def found(url: str) -> list[str]:
    store = open_store(url, read_only=True)
    try:
        return list(map(str, await store.scan((), missing_defences)))
    finally:
        await store.close()


@pytest.mark.parametrize("change", CHANGES)
async def test_a_defence_of_postgresql_that_is_changed_is_found(postgresql_url: str, change: str) -> None:
    assert await found(postgresql_url) == []
    with psycopg.connect(postgresql_url) as owner:
        owner.execute(change.encode())
    [only] = await found(postgresql_url)
    assert CHANGES[change] in only


async def test_every_trigger_of_sqlite_that_is_dropped_is_found(sqlite_url: str) -> None:
    assert await found(sqlite_url) == []
    with closing(sqlite3.connect(sqlite_path(sqlite_url))) as file:
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            file.execute(f"DROP TRIGGER {name}")
        file.commit()
    assert sorted(names) == sorted(SQLITE_TRIGGERS)
    assert len(await found(sqlite_url)) == len(names)
