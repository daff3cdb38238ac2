"""Many keys in one statement: a bind parameter with a JSON array of arrays becomes a table to join with.

The array's text is one parameter whatever its length, so that a statement is compiled and planned once. On PostgreSQL the values
are cast behind OFFSET 0, which keeps the casts out of join conditions: row-level security lets no condition that holds a cast
from text be one of an index, and the statement would read the rows of every tenant.
"""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from app.store.tables import Id

_PARAMETER: Final = "wanted"
_TYPES: Final[dict[str, TypeEngine[Any]]] = {"id": Id, "date": Date(), "text": Text(), "number": Integer(), "long": BigInteger()}


def key_table(dialect: str, **kinds: str) -> Subquery:
    """A table `wanted`; each keyword names the column at its position in a key, its kind being id, date, text, number or long."""
    if dialect == "sqlite":
        keys = func.json_each(bindparam(_PARAMETER, type_=Text())).table_valued("value", name="given")
        typed: list[ColumnElement[Any]] = [
            type_coerce(_value(keys.c.value, position), _TYPES[kind]) for position, kind in enumerate(kinds.values())
        ]
        return select(*_named(typed, kinds)).select_from(keys).subquery("wanted")
    array = cast(bindparam(_PARAMETER, type_=Text()), JSON())
    keys = func.json_array_elements(array).table_valued("value", name="given")
    typed = [cast(_value(keys.c.value, position), _TYPES[kind]) for position, kind in enumerate(kinds.values())]
    return select(*_named(typed, kinds)).select_from(keys).offset(literal_column("0")).subquery("wanted")


def key_parameters(keys: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """The bind parameter for these keys; dates become text."""
    return {_PARAMETER: orjson.dumps(list(keys)).decode()}


def _value(key: ColumnElement[Any], position: int) -> ColumnElement[Any]:
    return key.op("->>")(literal(position, literal_execute=True))


def _named(columns: Iterable[ColumnElement[Any]], names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [column.label(name) for column, name in zip(columns, names, strict=True)]
