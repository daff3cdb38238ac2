"""Column lists, array types and placeholders of the writer's statements, derived from `tables`: a table is described once."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Uuid
from sqlalchemy.dialects import postgresql

from app.store.tables import Document, is_filled_by_database, is_written_by_clients

Names = tuple[str, ...]
_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


def names(table: Table, *, without: Iterable[str] = ()) -> Names:
    """The columns that a row gives, in their order, which is the order of its values."""
    return tuple(each.name for each in table.columns if each.name not in without and not is_filled_by_database(each))


def key_names(table: Table) -> Names:
    return tuple(column.name for column in table.primary_key)


def amount_names(table: Table) -> Names:
    """The columns of amounts in minor units, all that a posting adds to."""
    return tuple(column.name for column in table.columns if isinstance(column.type, BigInteger))


def column_list(columns: Iterable[str], alias: str = "") -> str:
    """The columns as SQL lists them, each with the alias of its table where one is given."""
    return ", ".join(f"{alias}.{name}" if alias else name for name in columns)


def column_list_with_ids_as_text(table: Table, columns: Iterable[str], alias: str) -> str:
    """The same for PostgreSQL, where ids are uuids and are read as text."""
    return ", ".join(f"{alias}.{name}{'::text' if isinstance(table.c[name].type, Uuid) else ''}" for name in columns)


def placeholders(columns: Sequence[str]) -> str:
    """One `?` for each column."""
    return ", ".join("?" * len(columns))


def additions(columns: Iterable[str], alias: str) -> str:
    """Assignments of an upsert that add the new row's amounts to those of the row that is there."""
    return ", ".join(f"{name} = {alias}.{name} + excluded.{name}" for name in columns)


def array_type(column: Column[object]) -> str:
    """PostgreSQL's type of an array of the column's values."""
    return f"{column.type.compile(_POSTGRESQL).lower()}[]"


def is_array_of_values(column: Column[object]) -> bool:
    """Whether its values travel one by one, never put together into one text: what clients wrote, documents and bytes."""
    return is_written_by_clients(column) or column.type is Document or isinstance(column.type, LargeBinary)
