"""An owner of a PostgreSQL database that is no superuser, as managed servers have it: row-level security binds it."""

import psycopg

from tests.support.events import new_id


def owned_by_a_plain_role(url: str) -> str:
    """The URL of the database's new owner, who may make roles and nothing more."""
    name = f"owner_{new_id()[:8]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN CREATEROLE".encode())
        server.execute(f"ALTER DATABASE {server.info.dbname} OWNER TO {name}".encode())
        if server.execute("SELECT FROM pg_roles WHERE rolname = 'hpts_app'").fetchone():
            server.execute(f"GRANT hpts_app TO {name} WITH ADMIN OPTION".encode())
    return url.replace("//hpts@", f"//{name}@")
