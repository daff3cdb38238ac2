"""The PostgreSQL store shows each query its tenants only, keeps what is written, and says when the server is gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.store.postgresql.store import PostgresStore
from app.store.store import StoreConflict, StoreUnavailable
from app.store.tables import account_totals, loans
from tests.support.databases import Databases
from tests.support.events import disbursement, new_id, payment
from tests.unit.store.batches import BatchMaker, bodies

_T = TypeVar("_T")


@pytest.fixture
async def store(postgresql_url: str) -> AsyncIterator[PostgresStore]:
    opened = PostgresStore(postgresql_url)
    yield opened
    await opened.close()


def loan_ids(connection: Connection) -> list[str]:
    """Of all tenants that are visible."""
    return list(connection.execute(select(loans.c.loan_id)).scalars())


def new_total(connection: Connection, tenant_id: str) -> None:
    account = {"account_code": "1000", "currency": "USD", "layer": "SETTLED", "stripe": 0}
    connection.execute(insert(account_totals), {"tenant_id": tenant_id, **account, "dr_minor": 1, "cr_minor": 0})


async def has_total(store: PostgresStore, tenant_id: str) -> bool:
    query = select(account_totals.c.tenant_id).where(account_totals.c.tenant_id == tenant_id)
    return await store.scan([tenant_id], lambda connection: connection.scalar(query)) is not None


async def test_a_query_sees_the_tenants_it_is_given_and_no_other(store: PostgresStore) -> None:
    loan_of = {}
    for _ in range(3):
        maker, loan_id = BatchMaker(), new_id()
        await store.post(maker.batch(disbursement(loan_id)))
        loan_of[maker.tenant_id] = loan_id
    one, two, _ = loan_of
    assert await store.read([one], loan_ids) == [loan_of[one]]
    assert set(await store.read([one, two], loan_ids)) == {loan_of[one], loan_of[two]}
    assert await store.read((), loan_ids) == []


async def test_current_loans_are_those_of_their_own_tenants_one_question_after_another(store: PostgresStore) -> None:
    loan_id, makers = new_id(), [BatchMaker(), BatchMaker()]
    for maker, amount_minor in zip(makers, (111, 222), strict=True):
        await store.post(maker.batch(disbursement(loan_id, amount_minor)))
    for maker, amount_minor in zip((*makers, *makers), (111, 222) * 2, strict=True):
        [current] = (await store.current_loans([(maker.tenant_id, loan_id)])).values()
        assert current is not None
        assert current.balance.principal_minor == amount_minor


async def test_what_is_written_is_kept_and_what_a_read_writes_is_not(store: PostgresStore) -> None:
    kept, lost, failed = new_id(), new_id(), new_id()

    def fail(connection: Connection) -> None:
        new_total(connection, failed)
        raise ZeroDivisionError

    await store.write([kept], partial(new_total, tenant_id=kept))
    await store.read([lost], partial(new_total, tenant_id=lost))
    with pytest.raises(ZeroDivisionError):
        await store.write([failed], fail)
    assert [await has_total(store, each) for each in (kept, lost, failed)] == [True, False, False]


async def test_batches_that_are_under_way_together_have_connections_of_their_own(store: PostgresStore) -> None:
    batches = [BatchMaker().batch(disbursement(new_id())) for _ in range(store.batches_at_once)]
    await asyncio.gather(*(store.post(batch) for batch in batches))
    assert [len(bodies(batch)) for batch in batches] == [1] * store.batches_at_once


async def by_the_second_try(work: Callable[[], Awaitable[_T]]) -> _T:
    """An ended connection is noticed when it is used, or before."""
    try:
        return await work()
    except StoreUnavailable:
        return await work()


async def test_a_connection_that_the_server_ended_is_replaced(store: PostgresStore, owner: Any) -> None:
    maker, loan_id = BatchMaker(), new_id()
    key = (maker.tenant_id, loan_id)
    await store.post(maker.batch(disbursement(loan_id, 1_000)))
    await store.current_loans([key])
    pids = [store._idle_postings[0].connection.get_server_pid(), store._current_loans_connection.get_server_pid()]
    for pid in pids:
        assert await owner.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    assert (await by_the_second_try(lambda: store.current_loans([key])))[key] is not None
    await by_the_second_try(lambda: store.post(maker.batch(payment(loan_id, 30))))
    [current] = (await store.current_loans([key])).values()
    assert current is not None
    assert current.balance.principal_minor == 970
    assert store._current_loans_connection.get_server_pid() not in pids


async def test_a_loan_that_another_writer_opened_in_the_meantime_is_a_conflict(store: PostgresStore, owner: Any) -> None:
    """The other writer has it in a transaction that commits while ours waits to write the same key."""
    maker, loan_id = BatchMaker(), new_id()
    batch = maker.batch(disbursement(loan_id))
    columns = "tenant_id, loan_id, borrower_id, currency, opened_on, last_effective_on, last_posted_at"
    other = owner.transaction()
    await other.start()
    await owner.execute(
        f"INSERT INTO loans ({columns}, principal_minor, interest_minor, fees_minor, suspense_minor) "
        "VALUES ($1, $2, $2, 'USD', '2026-03-01', '2026-03-01', now(), 1, 0, 0, 0)",
        maker.tenant_id,
        loan_id,
    )
    posting = asyncio.create_task(store.post(batch))
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
    while not await owner.fetchval(waiting):
        assert not posting.done()
    await other.commit()
    with pytest.raises(StoreConflict):
        await posting


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    """Nothing listens at the port."""
    store = PostgresStore("postgresql://hpts@127.0.0.1:1/hpts")
    for work in (
        store.ping(),
        store.post(BatchMaker().batch(disbursement(new_id()))),
        store.current_loans([(new_id(), new_id())]),
    ):
        with pytest.raises(StoreUnavailable):
            await work
    await store.close()


async def test_a_query_that_is_wrong_is_an_error_of_its_own(store: PostgresStore) -> None:
    with pytest.raises(DBAPIError, match="nowhere"):
        await store.read((), lambda connection: connection.execute(text("SELECT 1 FROM nowhere")))


async def test_a_migrated_database_answers(store: PostgresStore) -> None:
    await store.ping()
    assert await store.migrated()


async def test_an_empty_database_has_no_role_to_act_as(databases: Databases) -> None:
    """The role is the server's: other databases have made it. The schema is not there."""
    with databases.empty("postgresql") as url:
        store = PostgresStore(url)
        await store.ping()
        assert not await store.migrated()
        await store.close()
