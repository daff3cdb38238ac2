"""One batch of 10,000 loans over HTTP, and the floor under it: a raw COPY of the same 10,001 lines into a table of that shape."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from benchmarks.history import COLUMNS
from benchmarks.loans import ACCRUED, CURRENCY, accrual_body, borrower_id, loan_id, ordered_id
from benchmarks.tokens import TENANT_ID
from benchmarks.wrk import InvalidRun

TIMEOUT_SECONDS = 120


@contextmanager
def accrual_client(base_url: str, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT_SECONDS) as client:
        yield client


def post_accrual(client: httpx.Client, day: date) -> float:
    """Seconds from sending the batch to having its answer."""
    return send_accrual(client, accrual_body(day))


def send_accrual(client: httpx.Client, body: bytes) -> float:
    begun = perf_counter()
    answer = client.post("/accruals/batch", content=body, headers={"Idempotency-Key": f"benchmark:accrual:{uuid4()}"})
    taken = perf_counter() - begun
    if answer.status_code != 201:
        raise InvalidRun(f"accrual answered {answer.status_code}: {answer.text[:400]}")
    return taken


@dataclass(frozen=True, slots=True)
class RawCopy:
    """A connection, and a table with the columns, checks and indexes of journal_lines but none of its triggers."""

    runner: asyncio.Runner
    connection: Any

    def copy(self, day: date) -> float:
        """Seconds to copy the lines of one batch, commit included."""
        records = _lines(day)
        return self.runner.run(self._copy(records))

    async def _copy(self, records: list[tuple[Any, ...]]) -> float:
        begun = perf_counter()
        await self.connection.copy_records_to_table("raw_lines", records=records, columns=COLUMNS["journal_lines"])
        return perf_counter() - begun


@contextmanager
def raw_copy(database_url: str) -> Iterator[RawCopy]:
    """`database_url` is a migrated database."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(database_url))
        try:
            runner.run(connection.execute("CREATE TABLE raw_lines (LIKE journal_lines INCLUDING ALL)"))
            yield RawCopy(runner, connection)
        finally:
            runner.run(connection.execute("DROP TABLE IF EXISTS raw_lines"))
            runner.run(connection.close())


def _lines(day: date) -> list[tuple[Any, ...]]:
    """As the batch posts them: a debit for each loan, then one credit. Ids are in the driver's own type, ready to be sent."""
    tenant, entry = UUID(TENANT_ID), UUID(ordered_id(datetime.now(UTC), 0))
    debits = [
        (
            tenant,
            entry,
            sequence,
            day,
            "1200",
            "DR",
            1234,
            CURRENCY,
            "SETTLED",
            UUID(loan_id(loan)),
            UUID(borrower_id(loan)),
            None,
        )
        for sequence, loan in enumerate(ACCRUED, 1)
    ]
    total = 1234 * len(debits)
    return [*debits, (tenant, entry, len(debits) + 1, day, "4000", "CR", total, CURRENCY, "SETTLED", None, None, None)]
