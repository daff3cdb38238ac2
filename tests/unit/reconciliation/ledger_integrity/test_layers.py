"""Entries balance in each currency and layer that the tenant has posted in."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, or_, select

from app.reconciliation.ledger_integrity.layers import LayerKey, is_in, layers_of, unbalanced
from app.store.store import Store
from app.store.tables import journal_lines
from tests.support.events import Tenant, disbursement, new_id


async def test_the_currencies_and_layers_are_those_posted_in_each_once(store: Store, tenant: Tenant) -> None:
    await Tenant(tenant.writer).post(disbursement(new_id(), currency="GBP"))
    for currency in ("USD", "EUR", "USD"):
        await tenant.post(disbursement(new_id(), currency=currency))
    found = await store.read([tenant.tenant_id], lambda connection: layers_of(connection, tenant.tenant_id))
    assert sorted(found) == [("EUR", "SETTLED"), ("USD", "SETTLED")]
    assert await store.read([tenant.tenant_id], lambda connection: layers_of(connection, new_id())) == []


async def test_a_line_is_in_its_own_currency_and_layer_only(store: Store, tenant: Tenant) -> None:
    await tenant.post(disbursement(new_id(), currency="USD"))
    await tenant.post(disbursement(new_id(), currency="EUR"))
    line = journal_lines.c

    def currencies(connection: Connection, key: LayerKey) -> set[str]:
        of_tenant = line.tenant_id == tenant.tenant_id
        return set(connection.execute(select(line.currency).where(of_tenant, is_in(line, key))).scalars())

    for key, expected in ((("USD", "SETTLED"), {"USD"}), (("EUR", "SETTLED"), {"EUR"}), (("USD", "PENDING"), set[str]())):
        assert await store.read([tenant.tenant_id], partial(currencies, key=key)) == expected


async def test_an_entry_is_unbalanced_in_the_layer_in_which_its_lines_are(
    store: Store, tenant: Tenant, tamper: Callable[[str], None]
) -> None:
    balanced, changed = [(await tenant.post(disbursement(new_id())))["journal_entry_id"] for _ in range(2)]
    tamper(f"UPDATE journal_lines SET amount_minor = 1 WHERE journal_entry_id = '{changed}' AND direction = 'CR'")

    def entries(connection: Connection, currency: str) -> list[str]:
        line = journal_lines.c
        grouped = select(line.journal_entry_id).where(line.tenant_id == tenant.tenant_id).group_by(line.journal_entry_id)
        return list(connection.execute(grouped.having(or_(*unbalanced([(currency, "SETTLED")])))).scalars())

    assert balanced != changed
    assert await store.read([tenant.tenant_id], lambda connection: entries(connection, "USD")) == [changed]
    assert await store.read([tenant.tenant_id], lambda connection: entries(connection, "EUR")) == []
