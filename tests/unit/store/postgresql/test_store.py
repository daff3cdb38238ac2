"""The PostgreSQL store shows each query its tenants only, keeps what is written, and says when the server is gone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.store.postgresql.store import _POSTING_SETTINGS, PostgresStore
from app.store.queries.idempotency_keys import delete_keys
from app.store.store import StoreConflict, StoreMisconfigured, StoreReadOnly, StoreUnavailable
from app.store.tables import account_totals, loans
from tests.support.databases import Databases
from tests.support.events import disbursement, new_id, payment
from tests.unit.store.batches import BatchMaker, bodies


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


async def test_a_connection_that_the_server_ended_is_replaced(store: PostgresStore, owner: Any) -> None:
    maker, loan_id = BatchMaker(), new_id()
    key = (maker.tenant_id, loan_id)
    await store.post(maker.batch(disbursement(loan_id, 1_000)))
    await store.current_loans([key])
    pids = [store._idle_postings[0].connection.get_server_pid(), store._current_loans_connection.get_server_pid()]
    for pid in pids:
        assert await owner.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    while not all(each.is_closed() for each in (store._idle_postings[0].connection, store._current_loans_connection)):
        await asyncio.sleep(0)
    assert (await store.current_loans([key]))[key] is not None
    await store.post(maker.batch(payment(loan_id, 30)))
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


def end(connection: Connection, postgresql_url: str) -> int:
    """Has the server end the connection; its process."""
    process = connection.scalar(text("SELECT pg_backend_pid()")) or 0
    with psycopg.connect(postgresql_url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    return process


async def test_a_read_whose_connection_ends_meanwhile_is_read_again_on_a_new_one(
    store: PostgresStore, postgresql_url: str
) -> None:
    """The client is told nothing: a read wrote nothing, so it can be repeated."""
    ended: list[int] = []

    def read(connection: Connection) -> list[str]:
        if not ended:
            ended.append(end(connection, postgresql_url))
        return loan_ids(connection)

    assert await store.read((), read) == []
    assert len(ended) == 1


async def test_a_connection_that_is_lost_takes_all_others_of_its_time_with_it(store: PostgresStore, postgresql_url: str) -> None:
    """After a failover they lead to the old primary, which still answers reads."""
    maker, loan_id = BatchMaker(), new_id()
    await store.post(maker.batch(disbursement(loan_id, 1_000)))
    await store.current_loans([(maker.tenant_id, loan_id)])
    old = [store._idle_postings[0].connection, store._current_loans_connection]
    with pytest.raises(StoreUnavailable):
        await store.write((), lambda connection: (end(connection, postgresql_url), loan_ids(connection)))
    await store.post(maker.batch(payment(loan_id, 30)))
    await store.current_loans([(maker.tenant_id, loan_id)])
    assert all(each.is_closed() for each in old)
    assert store._idle_postings[0].connection not in old


async def test_a_posting_that_the_server_cancels_is_unavailable_and_the_next_has_a_new_connection(
    store: PostgresStore, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_POSTING_SETTINGS, "lock_timeout", "0")
    maker, loan_id = BatchMaker(), new_id()
    await store.post(maker.batch(disbursement(loan_id, 1_000)))
    process = store._idle_postings[0].connection.get_server_pid()
    lock = owner.transaction()
    await lock.start()
    await owner.execute("SELECT 1 FROM account_totals WHERE tenant_id = $1 FOR UPDATE", maker.tenant_id)
    posting = asyncio.create_task(store.post(maker.batch(payment(loan_id, 30))))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'"
    while not await owner.fetchval(waiting, process):
        assert not posting.done()
    await owner.execute("SELECT pg_cancel_backend($1)", process)
    with pytest.raises(StoreUnavailable, match="canceling statement"):
        await posting
    await lock.rollback()
    await store.post(maker.batch(payment(loan_id, 30)))
    assert store._idle_postings[0].connection.get_server_pid() != process


async def test_a_posting_that_is_broken_off_leaves_no_transaction_to_the_next(store: PostgresStore, owner: Any) -> None:
    maker, loan_id = BatchMaker(), new_id()
    await store.post(maker.batch(disbursement(loan_id, 1_000)))
    first = store._idle_postings[0].connection
    await first.execute("BEGIN")
    await store.post(maker.batch(payment(loan_id, 30)))
    assert first.is_closed()
    assert await owner.fetchval("SELECT count(*) FROM journal_entries WHERE tenant_id = $1", maker.tenant_id) == 2


async def test_a_table_that_is_altered_costs_one_batch(databases: Databases) -> None:
    """Statements that were planned for it before are of no use on their connection."""
    with databases.fresh("postgresql") as url:
        store, maker, loan_id = PostgresStore(url), BatchMaker(), new_id()
        await store.post(maker.batch(disbursement(loan_id, 1_000)))
        with psycopg.connect(url) as other:
            other.execute("ALTER TABLE loans ALTER COLUMN currency TYPE varchar(3)")
        with pytest.raises(StoreUnavailable):
            await store.post(maker.batch(payment(loan_id, 30)))
        await store.post(maker.batch(payment(loan_id, 30)))
        assert (await store.current_loans([(maker.tenant_id, loan_id)])).keys() == {(maker.tenant_id, loan_id)}
        await store.close()


async def test_a_database_that_takes_no_writes_is_unavailable_until_it_does(databases: Databases) -> None:
    with databases.fresh("postgresql") as url, psycopg.connect(url, autocommit=True) as other:
        name = url.rpartition("/")[2]
        other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        store, maker = PostgresStore(url), BatchMaker()
        for work in (
            store.post(maker.batch(disbursement(new_id()))),
            store.write((), partial(delete_keys, tenant_id=new_id(), before=datetime.now(UTC))),
            store.check_writable(),
        ):
            with pytest.raises(StoreReadOnly):
                await work
        assert await store.read((), loan_ids) == []
        other.execute("SET default_transaction_read_only = off")
        other.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
        await store.check_writable()
        await store.post(maker.batch(disbursement(new_id())))
        await store.close()


async def test_a_server_without_a_connection_left_is_unavailable(databases: Databases) -> None:
    with databases.fresh("postgresql") as url, databases.login(url, "CONNECTION LIMIT 0") as as_login:
        store = PostgresStore(as_login)
        with pytest.raises(StoreUnavailable, match="too many connections"):
            await store.post(BatchMaker().batch(disbursement(new_id())))
        with pytest.raises(StoreUnavailable, match="too many connections"):
            await store.read((), loan_ids)
        await store.close()


async def test_a_read_that_runs_as_another_role_is_refused(store: PostgresStore) -> None:
    """As through a connection pooler that changes the server connection; none made before is used again."""
    async with store._engine.connect() as connection:
        await connection.execute(text("RESET ROLE"))
        await connection.commit()
    with pytest.raises(StoreMisconfigured, match="and not as hpts_app"):
        await store.read((), loan_ids)
    assert await store.read((), loan_ids) == []


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    """Nothing listens at the port."""
    store = PostgresStore("postgresql://hpts@127.0.0.1:1/hpts")
    for work in (
        store.check_writable(),
        store.check_login(may_bypass_row_security=True),
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
    await store.check_writable()
    assert await store.schema_problem() is None


async def test_an_empty_database_has_no_schema(databases: Databases) -> None:
    """The role is the server's: other databases have made it."""
    with databases.empty("postgresql") as url:
        store = PostgresStore(url)
        await store.check_writable()
        assert await store.schema_problem() == "there is no schema yet: run `hpts migrate`"
        await store.close()
