"""The role that statements run as: row-level security keeps tenants apart for a plain role only, so it is checked."""

from typing import Any, Final

import asyncpg

from app.store.store import StoreMisconfigured

POOLING: Final = (
    "the connection pooler gives each transaction another server connection, so that role, settings and prepared statements are "
    "lost: set pool_mode = session for this database, or connect to PostgreSQL directly"
)
LOST_STATEMENT: Final = (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError)
"""A statement prepared on this connection is not there, or another one of its name is: it is another server connection."""
_ACTS_AS: Final = "SELECT rolname::text, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


async def act_as(connection: Any, role: str) -> None:
    """Makes an asyncpg connection act as `role`; raises StoreMisconfigured if it does not, or if the role sees all tenants."""
    try:
        await connection.execute(f'SET ROLE "{role}"')
        found, bypasses = await connection.fetchrow(_ACTS_AS)
    except asyncpg.InvalidParameterValueError as error:
        raise StoreMisconfigured(f"the role {role} does not exist on the server: run `hpts migrate`") from error
    except asyncpg.InsufficientPrivilegeError as error:
        login = await connection.fetchval("SELECT session_user::text")
        raise StoreMisconfigured(f'the login {login} may not act as {role}: run GRANT {role} TO "{login}"') from error
    except LOST_STATEMENT as error:
        raise StoreMisconfigured(POOLING) from error
    require_role(found, role)
    if bypasses:
        raise StoreMisconfigured(f"the role {role} sees the rows of all tenants: run ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS")


def require_role(found: str, role: str) -> None:
    """Raises StoreMisconfigured when statements run as `found` instead of `role`."""
    if found != role:
        raise StoreMisconfigured(f"statements run as {found} and not as {role}: {POOLING}")
