"""Database URLs: which engine one names, and where its data is."""

from pathlib import Path

from sqlalchemy import make_url


def is_sqlite(database_url: str) -> bool:
    return make_url(database_url).get_backend_name() == "sqlite"


def sqlite_path(database_url: str) -> Path:
    """The file of `sqlite:///relative` or `sqlite:////absolute`; raises ValueError without one: a ledger is kept."""
    database = make_url(database_url).database
    if not database or database == ":memory:":
        raise ValueError("HPTS_DATABASE_URL: sqlite needs a file, such as sqlite:///var/hpts.db")
    return Path(database)
