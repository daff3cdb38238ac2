"""Connections to PostgreSQL act as the role that is asked for, with their settings explicit."""

import pytest
from sqlalchemy import text

from app.store.postgresql.connect import connect_postgresql, postgresql_engine
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
    engine = postgresql_engine(postgresql_url, ROLE, pool_size=2)
    async with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            assert (await connection.execute(text("SELECT current_user"))).scalar_one() == ROLE
            for name, value in EXPECTED.items():
                assert (await connection.execute(text(f"SHOW {name}"))).scalar_one() == value
            assert (await connection.execute(text("SHOW transaction_isolation"))).scalar_one() == "read committed"
    await engine.dispose()


async def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError):
        await connect_postgresql("postgresql://hpts@127.0.0.1:1/hpts", ROLE)
