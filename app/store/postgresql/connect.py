"""Connections to PostgreSQL: asyncpg's own for the hot statements, and SQLAlchemy's pool for everything else."""

from collections.abc import Mapping
from typing import Any, Final

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.store.postgresql.date_codec import use_exact_dates

CONNECT_SECONDS: Final = 5
COMMAND_SECONDS: Final = 30


async def connect_postgresql(database_url: str, role: str | None, settings: Mapping[str, str] | None = None) -> Any:
    """An asyncpg connection acting as `role`; a URL in SQLAlchemy's or libpq's spelling."""
    dsn = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    server_settings = {"application_name": "hpts", "jit": "off", "max_parallel_workers_per_gather": "0", **(settings or {})}
    if role is not None:
        server_settings["role"] = role
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS, server_settings=server_settings
    )
    await use_exact_dates(connection)
    return connection


def postgresql_engine(
    database_url: str, role: str | None, settings: Mapping[str, str] | None = None, pool_size: int = 5
) -> AsyncEngine:
    """SQLAlchemy's pool over `connect_postgresql`."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: connect_postgresql(database_url, role, settings),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        isolation_level="READ COMMITTED",
    )
