"""Whether the service may be used with a login, and with what pools its connections: asked before anything starts."""

from typing import Any, Final

import asyncpg

from app.store.postgresql.connect import connect_postgresql
from app.store.postgresql.role import LOST_STATEMENT, POOLING
from app.store.store import StoreMisconfigured

_HOPS: Final = 5
_LOGIN: Final = "SELECT rolname::text, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user"


async def check_login(database_url: str, role: str, *, may_bypass_row_security: bool) -> None:
    """Raises StoreMisconfigured, or an error of the driver when the database cannot be reached."""
    connection = await connect_postgresql(database_url, role=None)
    try:
        await _refuse_transaction_pooling(connection, database_url)
        if not may_bypass_row_security:
            await _refuse_privileged_login(connection, role)
    except LOST_STATEMENT as error:
        raise StoreMisconfigured(POOLING) from error
    finally:
        connection.terminate()
    (await connect_postgresql(database_url, role)).terminate()


async def _refuse_privileged_login(connection: Any, role: str) -> None:
    """A login that sees every tenant's rows whatever role it acts as."""
    login, is_superuser, bypasses = await connection.fetchrow(_LOGIN)
    if is_superuser or bypasses:
        what = "is a superuser" if is_superuser else "has BYPASSRLS"
        raise StoreMisconfigured(
            f"the login {login} {what}, and row-level security does not bind it: serve with a login that is only a member of "
            f"{role}, as CREATE ROLE hpts_login LOGIN PASSWORD '…' IN ROLE {role} makes one"
        )


async def _refuse_transaction_pooling(connection: Any, database_url: str) -> None:
    """Refuses a pooler with which statements of one connection reach different server connections.

    A server connection that another connection has in a transaction is taken: a first connection that shared it then answers from
    another one. Without a pooler the process that answers is the one that the server named when connecting.
    """
    process = await _server_process(connection)
    if process == connection.get_server_pid():
        return
    other = await connect_postgresql(database_url, role=None)
    try:
        for _ in range(_HOPS):
            async with other.transaction():
                others_process = await _server_process(other)
                if process == others_process or process != await _server_process(connection):
                    raise StoreMisconfigured(POOLING)
    except asyncpg.PostgresConnectionError as error:
        if "statement pooling" in str(error):
            raise StoreMisconfigured(POOLING) from error
        raise
    finally:
        other.terminate()


async def _server_process(connection: Any) -> int:
    process: int = await connection.fetchval("SELECT pg_backend_pid()")
    return process
