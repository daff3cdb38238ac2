"""Every date goes to PostgreSQL as itself and comes back as itself; the infinities are the nearest dates."""

from datetime import date

import pytest
from sqlalchemy import text

from app.store.postgresql.connect import PostgresConnections, connect_postgresql
from app.store.postgresql.store import ROLE

DATES = (date.min, date(1, 1, 2), date(1999, 12, 31), date(2000, 1, 1), date(2026, 2, 28), date(9999, 12, 30), date.max)


@pytest.mark.parametrize("day", DATES)
async def test_a_date_is_itself_both_ways_alone_and_in_an_array(postgresql_url: str, day: date) -> None:
    connection = await connect_postgresql(postgresql_url, ROLE)
    row = await connection.fetchrow("SELECT $1::date::text, $1::date, $2::date[]::text, $2::date[]", day, [day, date.min])
    assert tuple(row) == (str(day), day, f"{{{day},0001-01-01}}", [day, date.min])
    await connection.close()


async def test_the_pool_has_the_same_dates(postgresql_url: str) -> None:
    engine = PostgresConnections(postgresql_url, ROLE).engine()
    both_ways = text("SELECT CAST(CAST(:day AS date) AS text), CAST(:day AS date)")
    async with engine.connect() as connection:
        for day in DATES:
            assert tuple((await connection.execute(both_ways, {"day": day})).one()) == (str(day), day)
    await engine.dispose()


async def test_the_infinities_are_the_first_and_the_last_date(postgresql_url: str) -> None:
    connection = await connect_postgresql(postgresql_url, ROLE)
    row = await connection.fetchrow("SELECT '-infinity'::date, 'infinity'::date, '0044-03-15 BC'::date")
    assert tuple(row) == (date.min, date.max, date.min)
    await connection.close()
