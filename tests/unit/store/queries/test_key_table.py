"""Many keys are one parameter, and come back as a table with a type for each position."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.store.queries.key_table import key_parameters, key_table
from app.store.store import Store
from tests.support.events import new_id

KINDS = ("id", "date", "text", "number")
AWKWARD = ("plain", "", "it's", 'a "quoted" one', "{braces},[brackets]", "back\\slash", "%s :name ?", "émigré ✓")


async def through_the_database(store: Store, keys: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    def query(connection: Connection) -> list[tuple[Any, ...]]:
        table = key_table(connection.dialect.name, **{kind: kind for kind in KINDS})
        rows = connection.execute(select(table), key_parameters(keys))
        return [tuple(row) for row in rows]

    return await store.read((), query)


async def test_keys_come_back_in_their_order_with_their_types(store: Store) -> None:
    keys = [(new_id(), date(2026, 1, 1 + number), text, number) for number, text in enumerate(AWKWARD)]
    assert await through_the_database(store, keys) == keys


async def test_the_earliest_and_the_latest_date_are_kept(store: Store) -> None:
    keys = [(new_id(), day, "x", -1) for day in (date.min, date.max)]
    assert await through_the_database(store, keys) == keys


async def test_no_keys_are_an_empty_table(store: Store) -> None:
    assert await through_the_database(store, []) == []


async def test_thousands_of_keys_are_one_parameter(store: Store) -> None:
    keys = [(new_id(), date(2026, 1, 1), "x", number) for number in range(5_000)]
    assert len(key_parameters(keys)) == 1
    assert await through_the_database(store, keys) == keys
