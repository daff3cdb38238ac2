"""Database URLs: which engine one names, and how each is reached."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_SECONDS = 5
COMMAND_SECONDS = 30


def is_sqlite(database_url: str) -> bool:
    return make_url(database_url).get_backend_name() == "sqlite"


def sqlite_path(database_url: str) -> Path:
    """The file of `sqlite:///relative` or `sqlite:////absolute`; raises ValueError without one: a ledger is kept."""
    database = make_url(database_url).database
    if not database or database == ":memory:":
        raise ValueError("HPTS_DATABASE_URL: sqlite needs a file, such as sqlite:///var/hpts.db")
    return Path(database)


async def connect_postgres(database_url: str, role: str | None, settings: Mapping[str, str] | None = None) -> Any:
    """An asyncpg connection acting as `role`; a URL in SQLAlchemy's or libpq's spelling."""
    dsn = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    server_settings = {"application_name": "hpts", "jit": "off", "max_parallel_workers_per_gather": "0", **(settings or {})}
    if role is not None:
        server_settings["role"] = role
    return await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS, server_settings=server_settings)


def postgres_engine(database_url: str, role: str | None, pool_size: int = 5) -> AsyncEngine:
    """SQLAlchemy's pool over `connect_postgres`."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: connect_postgres(database_url, role),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        isolation_level="READ COMMITTED",
    )
