"""The migrated schema of each engine is the one that `tables` describes, and those of the two engines say the same."""

import re
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    inspect,
    text,
)

from app.store.open import open_store
from app.store.store import Store
from app.store.tables import ONLY_ON, UtcTimestamp, metadata

TYPE_NAMES: Final[dict[type, dict[str, str]]] = {
    Uuid: {"sqlite": "TEXT", "postgresql": "uuid"},
    Text: {"sqlite": "TEXT", "postgresql": "text"},
    Date: {"sqlite": "DATE", "postgresql": "date"},
    UtcTimestamp: {"sqlite": "DATETIME", "postgresql": "timestamp with time zone"},
    SmallInteger: {"sqlite": "INTEGER", "postgresql": "smallint"},
    Integer: {"sqlite": "INTEGER", "postgresql": "integer"},
    BigInteger: {"sqlite": "INTEGER", "postgresql": "bigint"},
    LargeBinary: {"sqlite": "BLOB", "postgresql": "bytea"},
    JSON: {"sqlite": "JSON", "postgresql": "jsonb"},
}
"""What each engine calls the types of `tables`."""
TYPES_OF_COLUMNS: Final = {
    "sqlite": "SELECT name, type FROM pragma_table_info(:table) ORDER BY cid",
    "postgresql": "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
    "WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
}


class TableShape(NamedTuple):
    """Columns in their order (name, type, whether it may be missing), the key, and each index by its name."""

    columns: list[tuple[str, str, bool]]
    key: list[str]
    indexes: dict[str, tuple[list[str], bool, str]]


Shape = dict[str, TableShape]


def described(engine_name: str) -> Shape:
    """The shape that `tables` asks of an engine."""
    return {
        table.name: TableShape(
            [
                (column.name, _type_name(column, engine_name), bool(column.nullable))
                for column in table.columns
                if is_on(column, engine_name)
            ],
            [column.name for column in table.primary_key],
            {str(index.name): _described_index(index, engine_name) for index in table.indexes if is_on(index, engine_name)},
        )
        for table in metadata.sorted_tables
    }


def is_on(element: Column[Any] | Index, engine_name: str) -> bool:
    """Whether the engine has the column or index."""
    return bool(element.info.get(ONLY_ON, engine_name) == engine_name)


def _type_name(column: Column[Any], engine_name: str) -> str:
    return TYPE_NAMES[type(column.type)][engine_name]


def _described_index(index: Index, engine_name: str) -> tuple[list[str], bool, str]:
    condition = index.dialect_options[engine_name]["where"]
    return [column.name for column in index.columns], bool(index.unique), _plain(condition)


def migrated(connection: Connection) -> Shape:
    """The shape that the migration made."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    return {name: _migrated_table(connection, name) for name in names}


def _migrated_table(connection: Connection, name: str) -> TableShape:
    inspector, engine_name = inspect(connection), connection.dialect.name
    is_nullable = {column["name"]: bool(column["nullable"]) for column in inspector.get_columns(name)}
    types = connection.execute(text(TYPES_OF_COLUMNS[engine_name]), {"table": name})
    indexes = {str(index["name"]): _migrated_index(index, name, engine_name) for index in inspector.get_indexes(name)}
    key = inspector.get_pk_constraint(name)["constrained_columns"]
    return TableShape([(column, type_, is_nullable[column]) for column, type_ in types], key, indexes)


def _migrated_index(index: Any, table: str, engine_name: str) -> tuple[list[str], bool, str]:
    """An engine's index may go on with columns that spare its queries a look-up."""
    wanted = next((each for each in metadata.tables[table].indexes if each.name == index["name"]), None)
    columns = index["column_names"] if wanted is None else index["column_names"][: len(wanted.columns)]
    return columns, bool(index["unique"]), _plain(index.get("dialect_options", {}).get(f"{engine_name}_where"))


def _plain(condition: Any) -> str:
    """Without the parentheses and casts that PostgreSQL adds, and on one line."""
    return " ".join(re.sub(r"[()]|::text", "", "" if condition is None else str(condition)).split())


def _is_limited(indexes: dict[str, tuple[list[str], bool, str]]) -> dict[str, tuple[list[str], bool, bool]]:
    """A condition is written in the words of its engine."""
    return {name: (columns, is_unique, bool(condition)) for name, (columns, is_unique, condition) in indexes.items()}


async def test_the_migrated_schema_is_the_one_that_tables_describes(store: Store, engine_name: str) -> None:
    assert await store.read((), migrated) == described(engine_name)


async def test_the_two_schemas_say_the_same(sqlite_url: str, postgresql_url: str) -> None:
    """Each column's two types are those of one type of `tables`; all else is equal, but what only PostgreSQL has."""
    one, other = [await shape_of(url) for url in (sqlite_url, postgresql_url)]
    other["journal_entries"].columns.remove(("commit_position", "bigint", False))
    del other["journal_entries"].indexes["journal_entries_commit_order"]
    assert one.keys() == other.keys()
    pairs = {(names["sqlite"], names["postgresql"]) for names in TYPE_NAMES.values()}
    for name, table in one.items():
        same = other[name]
        assert (table.key, _is_limited(table.indexes)) == (same.key, _is_limited(same.indexes)), name
        for (column, type_, is_nullable), (other_column, other_type, is_other_nullable) in zip(
            table.columns, same.columns, strict=True
        ):
            assert (column, is_nullable) == (other_column, is_other_nullable), name
            assert (type_, other_type) in pairs, f"{name}.{column}"


async def shape_of(url: str) -> Shape:
    store = open_store(url)
    shape = await store.read((), migrated)
    await store.close()
    return shape


async def test_every_key_of_tenant_data_starts_with_the_tenant() -> None:
    shared = {"secrets"}
    keys = {table.name: next(iter(table.primary_key)).name for table in metadata.sorted_tables if table.name not in shared}
    assert set(keys.values()) == {"tenant_id"}
