"""Many keys in one statement: a bind parameter with a JSON array of arrays becomes a table to join with.

The array's text is one parameter whatever its length, so that a statement is compiled and planned once.
"""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from sqlalchemy import JSON, ColumnElement, Date, FromClause, Integer, Text, bindparam, cast, func, literal, type_coerce
from sqlalchemy.types import TypeEngine

from app.store.tables import Id

_PARAMETER: Final = "wanted"
_TYPES: Final[dict[str, TypeEngine[Any]]] = {"id": Id, "date": Date(), "text": Text(), "number": Integer()}


class KeyTable:
    """The table; `column(position, kind)` is the value at a position of each key, kind being id, date, text or number."""

    def __init__(self, dialect: str) -> None:
        self._is_sqlite = dialect == "sqlite"
        if self._is_sqlite:
            table = func.json_each(bindparam(_PARAMETER, type_=Text())).table_valued("value", name="wanted")
        else:
            array = cast(bindparam(_PARAMETER, type_=Text()), JSON())
            table = func.json_array_elements(array).table_valued("value", name="wanted")
        self.table: FromClause = table

    def column(self, position: int, kind: str) -> ColumnElement[Any]:
        text = self.table.c.value.op("->>")(literal(position, literal_execute=True))
        return type_coerce(text, _TYPES[kind]) if self._is_sqlite else cast(text, _TYPES[kind])


def key_parameters(keys: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """The bind parameter for these keys; dates become text."""
    return {_PARAMETER: orjson.dumps(list(keys)).decode()}
