"""Keys that every worker shares, made once by the migration."""

from typing import Final

from sqlalchemy import Connection, select

from app.store.tables import secrets

PAGE_TOKEN_KEY: Final = "page_token"


def secret_key(connection: Connection, name: str) -> bytes:
    """Raises NoResultFound where the migration did not run."""
    value: bytes = connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar_one()
    return bytes(value)
