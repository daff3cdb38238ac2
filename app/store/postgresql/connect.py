"""Connections to PostgreSQL: asyncpg's own for the hot statements, and SQLAlchemy's pool for everything else.

Role and settings are set once a connection is made, and the role is checked: connection poolers refuse start-up parameters, or
drop them without a word.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakSet

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.observability.spans import StatementObserver
from app.store.postgresql.date_codec import use_exact_dates
from app.store.postgresql.role import act_as
from app.store.store import ConnectionLost
from app.store.unavailable import unavailable

CONNECT_SECONDS: Final = 5
COMMAND_SECONDS: Final = 30
LOOK_UP_SECONDS: Final = 5
"""For statements that read a few rows by key."""
UNANSWERED_SECONDS: Final = 5
"""After which the system gives up a connection whose other end does not acknowledge what was sent: its host is gone."""
_SETTINGS: Final = {"application_name": "hpts", "jit": "off", "max_parallel_workers_per_gather": "0"}
_SOCKET_OPTIONS: Final = {
    "TCP_KEEPIDLE": UNANSWERED_SECONDS,
    "TCP_KEEPINTVL": 1,
    "TCP_KEEPCNT": UNANSWERED_SECONDS,
    "TCP_USER_TIMEOUT": UNANSWERED_SECONDS * 1000,
}


async def connect_postgresql(
    database_url: str, role: str | None, settings: Mapping[str, str] | None = None, command_seconds: float = COMMAND_SECONDS
) -> Any:
    """An asyncpg connection acting as `role`; a URL in SQLAlchemy's or libpq's spelling. Raises StoreMisconfigured."""
    dsn = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with asyncio.timeout(CONNECT_SECONDS):
        connection = await asyncpg.connect(dsn, command_timeout=command_seconds)
        try:
            _notice_a_lost_host(connection)
            await connection.execute(_set_all({**_SETTINGS, **(settings or {})}))
            await use_exact_dates(connection)
            if role is not None:
                await act_as(connection, role)
        except BaseException:
            connection.terminate()
            raise
    return connection


class PostgresConnections:
    """Connections of one role to one database; once one of them is lost, none that was made before is used again."""

    def __init__(self, database_url: str, role: str | None, on_statement: StatementObserver | None = None) -> None:
        self._database_url = database_url
        self._role = role
        self._on_statement = on_statement
        self._made: WeakSet[Any] = WeakSet()

    async def make(self, settings: Mapping[str, str] | None = None, command_seconds: float = COMMAND_SECONDS) -> Any:
        connection = await connect_postgresql(self._database_url, self._role, settings, command_seconds)
        if (observe := self._on_statement) is not None:
            connection.add_query_logger(lambda done: observe(done.query, done.elapsed, done.exception))
        self._made.add(connection)
        return connection

    def is_usable(self, connection: Any) -> bool:
        """Whether the connection can be taken for something new; the database is not asked."""
        return connection in self._made and not connection.is_closed() and not connection.is_in_transaction()

    def retire(self) -> None:
        """Connections in use end what they do; afterwards they are replaced."""
        self._made.clear()

    def engine(
        self, settings: Mapping[str, str] | None = None, pool_size: int = 5, command_seconds: float = COMMAND_SECONDS
    ) -> AsyncEngine:
        """SQLAlchemy's pool of such connections: one that is not usable is replaced when it is taken, not when it fails."""
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: self.make(settings, command_seconds),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            isolation_level="READ COMMITTED",
        )

        @event.listens_for(engine.sync_engine, "checkout")
        def _replace_unusable(connection: Any, _record: object, _proxy: object) -> None:
            if not self.is_usable(connection.driver_connection):
                raise InvalidatePoolError

        @event.listens_for(engine.sync_engine, "handle_error")
        def _drop_failed(context: Any) -> None:
            if (refusal := unavailable(context.original_exception)) is not None:
                context.is_disconnect = True
                context.invalidate_pool_on_disconnect = isinstance(refusal, ConnectionLost)

        return engine


def _set_all(settings: Mapping[str, str]) -> str:
    return ";".join(f"SET {name} TO '{value}'" for name, value in settings.items())


def _notice_a_lost_host(connection: Any) -> None:
    """Without this a host that vanishes, and closes nothing, is waited for as long as for a slow statement."""
    transport_socket = connection._transport.get_extra_info("socket")
    if transport_socket.family == socket.AF_UNIX:
        return
    transport_socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _SOCKET_OPTIONS.items():
        if hasattr(socket, name):
            transport_socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
