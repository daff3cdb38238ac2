"""Entries come with their first lines in one statement, as they are read one by one."""

from functools import partial

import pytest
from sqlalchemy import Connection, bindparam, text

from app import limits
from app.store.queries import journal_pages
from app.store.queries.journal import JournalEntryView, entry_with_lines
from app.store.queries.journal_pages import entry_views, page_statement
from app.store.store import Store
from app.store.tables import Id
from tests.support.events import Tenant, eventful_loan

EVERYTHING = "SELECT d.journal_entry_id FROM journal_entries AS d WHERE d.tenant_id = :tenant_id"


def read_all(connection: Connection, tenant_id: str) -> list[JournalEntryView]:
    statement = text(page_statement(EVERYTHING, connection.dialect.name)).bindparams(bindparam("tenant_id", type_=Id))
    return entry_views(connection, statement, {"tenant_id": tenant_id})


async def test_a_page_shows_entries_as_they_are_read_one_by_one(store: Store, tenant: Tenant) -> None:
    await eventful_loan(tenant)
    found = await store.read([tenant.tenant_id], partial(read_all, tenant_id=tenant.tenant_id))
    assert len(found) == 7
    ids = [entry.journal_entry_id for entry in found]
    assert ids == sorted(ids, reverse=True)
    for entry in found:
        alone = partial(
            entry_with_lines, tenant_id=tenant.tenant_id, entry_id=entry.journal_entry_id, after_sequence=0, limit=1_000
        )
        assert await store.read([tenant.tenant_id], alone) == entry


async def test_of_a_long_entry_the_first_lines_are_shown(store: Store, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    await eventful_loan(tenant)
    for dialect, lines in journal_pages._LINES.items():
        shorter = lines.replace(f"<= {limits.HISTORY_LINES}", "<= 1")
        monkeypatch.setitem(journal_pages._LINES, dialect, shorter)
    for entry in await store.read([tenant.tenant_id], partial(read_all, tenant_id=tenant.tenant_id)):
        assert ([line.sequence for line in entry.lines], entry.is_truncated) == ([1], True)
