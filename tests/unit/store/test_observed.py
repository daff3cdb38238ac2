"""A store that is watched counts entries, batches and errors, and is the store that it was."""

import asyncio
import sqlite3
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from app import clock
from app.observability.exposition import exposition
from app.observability.metric import DATABASE_ERRORS
from app.observability.metrics import Metrics
from app.store.observed import DATABASE_ERROR_CODES, ObservedStore, database_error_code
from app.store.store import Store, StoreConflict, StoreUnavailable
from tests.support.events import Tenant, disbursement, new_id, payment, running_writer


def raised_from(cause: Exception) -> Exception:
    error = StoreUnavailable("away")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (raised_from(asyncpg.DeadlockDetectedError()), "40P01"),
        (raised_from(TimeoutError()), "timeout"),
        (raised_from(ConnectionResetError()), "connection"),
        (raised_from(asyncpg.InterfaceError("closed")), "connection"),
        (StoreConflict("taken"), None),
        (KeyError("x"), None),
    ],
)
def test_an_error_is_told_by_what_its_driver_calls_it(error: Exception, code: str | None) -> None:
    assert database_error_code(error) == code
    assert code is None or code in DATABASE_ERROR_CODES


def test_an_error_of_sqlite_is_told_by_its_name() -> None:
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(":memory:").execute("SELECT * FROM nothing")
    assert database_error_code(caught.value) == "SQLITE_ERROR"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics({DATABASE_ERRORS.name: {"engine": ("sqlite", "postgresql"), "code": DATABASE_ERROR_CODES}})


def lines(metrics: Metrics) -> set[str]:
    return {line for line in exposition(metrics).decode().splitlines() if not line.startswith("#")}


async def test_entries_that_were_committed_are_counted_and_replays_and_refusals_are_not(store: Store, metrics: Metrics) -> None:
    async with running_writer(ObservedStore(store, metrics, "sqlite"), clock.now) as writer:
        tenant, loan_id = Tenant(writer), new_id()
        await tenant.post(disbursement(loan_id, 1_000, clock.today()))
        await asyncio.gather(*(tenant.post(payment(loan_id, 1, clock.today())) for _ in range(20)))
        with pytest.raises(Exception, match="no loan"):
            await tenant.post(payment(new_id(), 1, clock.today()))
    told = lines(metrics)
    assert "hpts_postings_total 21.0" in told
    assert "hpts_batch_size_sum 21.0" in told
    assert not any(line.startswith("hpts_database_errors_total") for line in told)


async def test_errors_are_counted_and_raised(store: Store, metrics: Metrics, engine_name: str) -> None:
    def fail(connection: Any) -> None:
        connection.execute(text("SELECT * FROM nothing"))

    with pytest.raises(Exception, match="nothing"):
        await ObservedStore(store, metrics, engine_name).read((), fail)
    code = {"sqlite": "SQLITE_ERROR", "postgresql": "42P01"}[engine_name]
    assert f'hpts_database_errors_total{{code="{code}",engine="{engine_name}"}} 1.0' in lines(metrics)


async def test_everything_else_is_the_store_s_own(store: Store, metrics: Metrics) -> None:
    observed = ObservedStore(store, metrics, "sqlite")
    assert observed.batches_at_once == store.batches_at_once
    assert await observed.schema_problem() is None
    await observed.check_writable()
    assert await observed.current_loans([(new_id(), loan_id := new_id())])
    assert loan_id
    assert await observed.last_change()
    assert await observed.scan((), lambda connection: connection.scalar(text("SELECT 1"))) == 1
    assert set(observed.connections()) <= {"postings", "reads", "scans"}
