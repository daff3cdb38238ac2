"""Opens the store that a database URL names."""

from app.observability.spans import StatementObserver
from app.store.database_url import is_sqlite, sqlite_path
from app.store.postgresql.store import PostgresStore
from app.store.sqlite.store import SqliteStore
from app.store.store import Store


def open_store(
    database_url: str, *, read_only: bool = False, is_durable: bool = True, on_statement: StatementObserver | None = None
) -> Store:
    """`read_only` is for a store that never posts: on SQLite the file and its folder may be write-protected.

    Without `is_durable` the commits of `write` do not wait for the disk: a crash of the machine may undo the newest.
    `on_statement` is told of every statement. Raises ValueError for a URL of another engine; PostgreSQL itself is connected to
    when first used.
    """
    if is_sqlite(database_url):
        return SqliteStore(sqlite_path(database_url), read_only=read_only, is_durable=is_durable, on_statement=on_statement)
    return PostgresStore(database_url, is_durable=is_durable, on_statement=on_statement)
