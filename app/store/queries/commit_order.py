"""The order in which entries were committed, and the conditions and orderings of statements that follow it.

| engine | an entry's position | what a reader may read |
|---|---|---|
| PostgreSQL | the id of its transaction, and that server's offset | below the horizon: what no transaction under way can add to |
| SQLite | 0: its transactions commit one after the other, in the order of their entries' ids | everything |

Entries of one position are in the order of their ids. A place never lies before one that was read, so that nothing is skipped; a
transaction that writes and stays open holds the horizon, and with it all readers, until it ends.
"""

from typing import Any, Final, NamedTuple, Self

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
)

from app.store.tables import Id, journal_entries

NO_ENTRY: Final = "00000000-0000-0000-0000-000000000000"
"""An id that is below those of all entries."""
LAST_ENTRY: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_LOCK_TENANT: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:tenant_id AS text), 1))")
"""The lock that every posting transaction of the tenant shares until it ends: with it, none is under way."""
_END: Final = text("SELECT txid_snapshot_xmax(txid_current_snapshot()) + hpts_position_offset() - 1")


class Place(NamedTuple):
    """After the entry with this id at this position of the commit order."""

    position: int
    entry_id: str

    def __str__(self) -> str:
        return f"{self.position}:{self.entry_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` made of a place."""
        position, _, entry_id = text.partition(":")
        return cls(int(position), entry_id)


BEGINNING: Final = Place(-1, NO_ENTRY)


def position_column(dialect: str, entries: FromClause = journal_entries) -> ColumnElement[int]:
    """The position of an entry; SQLite's table has no column for it."""
    return literal_column("0", BigInteger) if dialect == "sqlite" else entries.c.commit_position


def is_after(dialect: str, position: Any, entry_id: Any, entries: FromClause = journal_entries) -> ColumnElement[bool]:
    """Whether an entry lies after a place, which is given as values or as columns."""
    if dialect == "sqlite":
        return and_(entries.c.journal_entry_id > entry_id)
    return tuple_(entries.c.commit_position, entries.c.journal_entry_id) > tuple_(
        _typed(position, BigInteger()), _typed(entry_id, Id)
    )


def is_settled(dialect: str, entries: FromClause = journal_entries) -> ColumnElement[bool]:
    """Whether no entry can still be committed before this one; of the same moment as all else of its statement."""
    if dialect == "sqlite":
        return literal(True)
    horizon = func.txid_snapshot_xmin(func.txid_current_snapshot(), type_=BigInteger) + func.hpts_position_offset(
        type_=BigInteger
    )
    return entries.c.commit_position < select(horizon).scalar_subquery()


def in_commit_order(dialect: str, entries: FromClause = journal_entries) -> tuple[ColumnElement[Any], ...]:
    """What to order by."""
    return (entries.c.journal_entry_id,) if dialect == "sqlite" else (entries.c.commit_position, entries.c.journal_entry_id)


def end_of_journal(connection: Connection, tenant_id: str) -> Place:
    """The place after everything that the tenant has committed, and before all that it commits from now on.

    On PostgreSQL the tenant's transactions that are under way are waited for, and new ones wait until this one ends.
    """
    if connection.dialect.name == "sqlite":
        newest = select(func.max(journal_entries.c.journal_entry_id)).where(journal_entries.c.tenant_id == tenant_id)
        return Place(0, connection.scalar(newest) or NO_ENTRY)
    connection.execute(_LOCK_TENANT, {"tenant_id": tenant_id})
    return Place(int(connection.scalar(_END) or 0), LAST_ENTRY)


def _typed(value: Any, type_: Any) -> Any:
    return value if isinstance(value, ColumnElement) else literal(value, type_)
