"""The tenants that ever posted; their ids are no tenant's data."""

from sqlalchemy import Connection, select

from app.store.tables import tenants


def all_tenants(connection: Connection) -> list[str]:
    """In the order of their ids."""
    return list(connection.execute(select(tenants.c.tenant_id).order_by(tenants.c.tenant_id)).scalars())
