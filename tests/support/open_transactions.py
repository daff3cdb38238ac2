"""Transactions on PostgreSQL that post entries and stay open, so that a test decides in which order they commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from tests.support.plain_sql import ENTRY_COLUMNS, entry

INSERT: Final = f"INSERT INTO journal_entries ({ENTRY_COLUMNS}) VALUES ({', '.join(['%s'] * len(ENTRY_COLUMNS.split(',')))})"


class Poster:
    """Posts entries without lines, as the owner of the database, in a transaction that stays open as long as the test wants."""

    def __init__(self, connection: psycopg.Connection[Any], tenant_id: str) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self.entry_ids: list[str] = []

    def post(self, entry_id: str) -> None:
        self._connection.execute(INSERT.encode(), entry(self._tenant_id, entry_id, 0))
        self.entry_ids.append(entry_id)

    def commit(self) -> list[str]:
        self._connection.commit()
        committed, self.entry_ids = self.entry_ids, []
        return committed

    def roll_back(self) -> None:
        self._connection.rollback()
        self.entry_ids = []


@contextmanager
def posters(url: str, tenant_id: str, count: int) -> Iterator[list[Poster]]:
    """Of a tenant that posted before: transactions that post a tenant's first entries wait for each other."""
    with psycopg.connect(url) as owner:
        owner.execute("INSERT INTO tenants VALUES (%s) ON CONFLICT DO NOTHING", (tenant_id,))
    connections = [psycopg.connect(url, options="-c lock_timeout=60s") for _ in range(count)]
    try:
        yield [Poster(each, tenant_id) for each in connections]
    finally:
        for each in connections:
            each.close()


def numbered_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"
