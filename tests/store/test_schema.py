"""The migrated schema is the one that the queries are written for; migrating again changes nothing."""

from sqlalchemy import Connection, inspect

from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.store import Store
from app.store.tables import metadata
from tests.support.databases import Databases


def differences(connection: Connection) -> list[str]:
    """An engine's index may go on with columns that spare its queries a look-up."""
    found, inspector = [], inspect(connection)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        if columns != {column.name: column.nullable for column in table.columns}:
            found.append(f"columns of {table.name}")
        key = inspector.get_pk_constraint(table.name)["constrained_columns"]
        if key != [column.name for column in table.primary_key]:
            found.append(f"key of {table.name}")
        wanted = {str(index.name): ([column.name for column in index.columns], bool(index.unique)) for index in table.indexes}
        indexes = {index["name"]: (index["column_names"], bool(index["unique"])) for index in inspector.get_indexes(table.name)}
        begun = {name: (columns[: len(wanted[name][0])], unique) for name, (columns, unique) in indexes.items() if name in wanted}
        if indexes.keys() != wanted.keys() or begun != wanted:
            found.append(f"indexes of {table.name}")
    return found


async def test_the_migrated_schema_has_every_table_column_key_and_index(store: Store) -> None:
    assert await store.read((), differences) == []


async def test_every_key_of_tenant_data_starts_with_the_tenant() -> None:
    shared = {"secrets"}
    keys = {table.name: next(iter(table.primary_key)).name for table in metadata.sorted_tables if table.name not in shared}
    assert set(keys.values()) == {"tenant_id"}


async def test_a_migrated_database_says_so(store: Store) -> None:
    assert await store.migrated()


def test_migrating_twice_is_harmless(database_url: str) -> None:
    migrate_schema(database_url)


async def test_an_empty_sqlite_database_is_not_migrated(databases: Databases) -> None:
    with databases.empty("sqlite") as url:
        store = open_store(url)
        assert not await store.migrated()
        await store.close()
