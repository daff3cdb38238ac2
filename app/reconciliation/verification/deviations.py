"""Compares what is stored with what is recomputed from the journal, in the database: only rows that differ come back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, except_

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Deviation:
    """`stored` or `recomputed` is empty where there is no such record."""

    record: str
    stored: str
    recomputed: str

    def __str__(self) -> str:
        return f"{self.record}: stored {self.stored or 'nothing'}, recomputed {self.recomputed or 'nothing'}"


def compare_rows(connection: Connection, kind: str, stored: Rows, recomputed: Rows, key: int) -> list[Deviation]:
    """Of two statements with the same columns, of which the first `key` name a record."""
    names = [column.name for column in list(stored.selected_columns)[key:]]
    found: dict[tuple[Any, ...], list[tuple[Any, ...] | None]] = {}
    for side, statement in enumerate((except_(stored, recomputed), except_(recomputed, stored))):
        for row in connection.execute(statement):
            found.setdefault(tuple(row[:key]), [None, None])[side] = tuple(row[key:])
    return [
        Deviation(" ".join(map(str, (kind, *name))), *_shown(names, *sides))
        for name, sides in sorted(found.items(), key=lambda item: str(item[0]))
    ]


def _shown(names: Sequence[str], stored: tuple[Any, ...] | None, recomputed: tuple[Any, ...] | None) -> Iterator[str]:
    """The values that differ, each with its name."""
    for side, other in ((stored, recomputed), (recomputed, stored)):
        pairs = [] if side is None else list(zip(names, side, other or [None] * len(names), strict=True))
        yield " ".join(f"{name}={_plain(value)}" for name, value, beside in pairs if value != beside)


def _plain(value: Any) -> Any:
    """PostgreSQL's sums are decimals, which are written with an exponent."""
    return int(value) if isinstance(value, Decimal) else value
