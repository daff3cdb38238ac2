"""A command that needs the database says why it cannot be used: missing, away, or of another schema."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.cli.database import tenants_of, with_store
from app.cli.error_reporting import CommandError
from app.dev.child_process import free_port
from app.settings import load_settings
from app.store.store import Store
from tests.unit.cli.conftest import Hpts, error_of


async def _migrated(store: Store) -> bool:
    return await store.schema_problem() is None


def test_the_store_of_the_settings_is_given_and_its_result_returned(empty_ledger: str) -> None:
    assert with_store(load_settings(), _migrated)


def test_a_database_that_does_not_exist_is_not_created(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"there is no database at .*hpts\.db yet: run `hpts migrate`"):
        with_store(load_settings(), _migrated)
    assert not (folder / "hpts.db").exists()


def test_a_database_of_another_schema_has_to_be_migrated(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "hpts.db")) as database, database:
        database.execute("CREATE TABLE others (name TEXT)")
    with pytest.raises(CommandError, match="cannot be used: there is no schema yet: run `hpts migrate`"):
        with_store(load_settings(), _migrated)


@pytest.mark.parametrize("command", ["reconcile", "verify"])
def test_an_unreachable_database_is_reported_without_its_password(hpts: Hpts, command: str) -> None:
    code, line = error_of(hpts(command, DATABASE_URL=f"postgresql://hpts:geheim@127.0.0.1:{free_port()}/hpts"))
    assert code == 1
    assert "127.0.0.1" in line
    assert "geheim" not in line


def test_tenants_are_those_with_postings_or_the_one_that_is_asked_for(tenant_id: str) -> None:
    async def all_and_one(store: Store) -> tuple[list[str], list[str]]:
        return await tenants_of(store, None), await tenants_of(store, UUID(tenant_id))

    assert with_store(load_settings(), all_and_one) == ([tenant_id], [tenant_id])


def test_a_tenant_without_postings_is_refused(tenant_id: str) -> None:
    async def another(store: Store) -> list[str]:
        return await tenants_of(store, uuid4())

    with pytest.raises(CommandError, match="has no postings in this database"):
        with_store(load_settings(), another)
