"""PostgresConnections to PostgreSQL act as the role that is asked for, with their settings explicit; lost ones are replaced."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store.postgresql.connect import UNANSWERED_SECONDS, PostgresConnections, connect_postgresql
from app.store.postgresql.store import ROLE

EXPECTED = {"application_name": "hpts", "jit": "off", "max_parallel_workers_per_gather": "0"}


async def test_a_connection_acts_as_its_role_with_the_settings_of_all_and_its_own(postgresql_url: str) -> None:
    connection = await connect_postgresql(postgresql_url, ROLE, {"enable_seqscan": "off"})
    found = {name: await connection.fetchval(f"SHOW {name}") for name in (*EXPECTED, "enable_seqscan")}
    assert found == EXPECTED | {"enable_seqscan": "off"}
    assert await connection.fetchval("SELECT current_user") == ROLE
    await connection.close()


async def test_without_a_role_it_is_the_owner_of_the_url(postgresql_url: str) -> None:
    connection = await connect_postgresql(postgresql_url, None)
    assert await connection.fetchval("SELECT current_user = session_user")
    await connection.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
async def test_a_url_may_name_any_driver(postgresql_url: str, scheme: str) -> None:
    connection = await connect_postgresql(postgresql_url.replace("postgresql", scheme, 1), ROLE)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


async def test_connections_of_the_pool_have_the_same_role_and_settings(postgresql_url: str) -> None:
    async with (
        pool_of(PostgresConnections(postgresql_url, ROLE), 2) as engine,
        engine.connect() as one,
        engine.connect() as other,
    ):
        for connection in (one, other):
            assert (await connection.execute(text("SELECT current_user"))).scalar_one() == ROLE
            for name, value in EXPECTED.items():
                assert (await connection.execute(text(f"SHOW {name}"))).scalar_one() == value
            assert (await connection.execute(text("SHOW transaction_isolation"))).scalar_one() == "read committed"


async def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError):
        await connect_postgresql("postgresql://hpts@127.0.0.1:1/hpts", ROLE)


async def test_nothing_is_asked_for_at_the_start_of_a_connection(postgresql_url: str) -> None:
    """What a start-up parameter sets is what RESET goes back to; a connection pooler refuses or drops such parameters."""
    connection = await connect_postgresql(postgresql_url, ROLE, {"lock_timeout": "3s"})
    await connection.execute("RESET ALL; RESET ROLE")
    for name in ("application_name", "jit", "lock_timeout"):
        source = "SELECT source FROM pg_settings WHERE name = $1"
        assert await connection.fetchval(source, name) != "client", name
    assert await connection.fetchval("SELECT current_user = session_user")
    await connection.close()


async def test_a_host_that_vanishes_is_noticed_by_the_system(postgresql_url: str) -> None:
    connection = await connect_postgresql(postgresql_url, ROLE)
    made = connection._transport.get_extra_info("socket")
    assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNANSWERED_SECONDS * 1000
    await connection.close()


@asynccontextmanager
async def pool_of(connections: PostgresConnections, pool_size: int = 5) -> AsyncIterator[AsyncEngine]:
    """Its connections are closed whatever happens."""
    engine = connections.engine(pool_size=pool_size)
    try:
        yield engine
    finally:
        await engine.dispose()


async def process_of(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        process: int = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        return process


async def test_a_connection_is_usable_until_it_is_closed_or_retired_or_left_in_a_transaction(postgresql_url: str) -> None:
    connections = PostgresConnections(postgresql_url, ROLE)
    made = [await connections.make() for _ in range(3)]
    await made[0].execute("BEGIN")
    made[1].terminate()
    assert [connections.is_usable(each) for each in made] == [False, False, True]
    connections.retire()
    assert not connections.is_usable(made[2])
    later = await connections.make()
    assert connections.is_usable(later)
    assert not connections.is_usable(None)
    for each in (*made, later):
        each.terminate()


async def test_the_pool_replaces_an_ended_connection_before_it_is_used(postgresql_url: str, owner: Any) -> None:
    async with pool_of(PostgresConnections(postgresql_url, ROLE)) as engine:
        process = await process_of(engine)
        assert await owner.fetchval("SELECT pg_terminate_backend($1, 5000)", process)
        while await owner.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", process):
            await asyncio.sleep(0)
        assert await process_of(engine) != process


async def test_the_pool_replaces_connections_that_were_retired(postgresql_url: str) -> None:
    connections = PostgresConnections(postgresql_url, ROLE)
    async with pool_of(connections) as engine:
        process = await process_of(engine)
        assert await process_of(engine) == process
        connections.retire()
        assert await process_of(engine) != process


async def test_the_pool_keeps_no_connection_whose_statement_was_cancelled(postgresql_url: str, owner: Any) -> None:
    async with pool_of(PostgresConnections(postgresql_url, ROLE)) as engine:
        process = await process_of(engine)
        async with engine.connect() as connection:
            sleeping = asyncio.create_task(connection.execute(text("SELECT pg_sleep(3600)")))
            active = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"
            while not await owner.fetchval(active, process):
                assert not sleeping.done()
            await owner.execute("SELECT pg_cancel_backend($1)", process)
            with pytest.raises(Exception, match="canceling statement"):
                await sleeping
        assert await process_of(engine) != process
