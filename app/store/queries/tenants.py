"""The tenants that ever posted; their ids are no tenant's data."""

from sqlalchemy import Connection, func, select, type_coerce, union

from app.store.tables import Id, account_days, account_totals, journal_entries, journal_lines, loan_days, loans, tenants

_WITH_A_TENANT = (journal_entries, journal_lines, loans, loan_days, account_totals, account_days)


def all_tenants(connection: Connection) -> list[str]:
    """In the order of their ids; on PostgreSQL by a function of the owner, since a connection sees its own tenants only."""
    if connection.dialect.name == "postgresql":
        return sorted(connection.execute(select(type_coerce(func.hpts_tenants(), Id))).scalars())
    return list(connection.execute(select(tenants.c.tenant_id).order_by(tenants.c.tenant_id)).scalars())


def tenants_with_rows(connection: Connection) -> list[str]:
    """Those that the ledger's tables name, whether they are in the table of tenants or not; reads all rows."""
    if connection.dialect.name == "postgresql":
        return sorted(connection.execute(select(type_coerce(func.hpts_tenants_with_rows(), Id))).scalars())
    return sorted(connection.execute(union(*(select(table.c.tenant_id) for table in _WITH_A_TENANT))).scalars())
