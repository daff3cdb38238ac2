"""Current balances by key on PostgreSQL."""

from typing import Any

from app.ledger.balance import CurrentLoan, LoanBalance
from app.store.open import open_store
from app.store.postgresql.current_loans import postgresql_current_loans
from tests.support.events import TODAY, Tenant, day, disbursement, fee, moment_of, new_id, noon, payment, running_writer


async def test_each_loan_has_its_balance_and_an_unknown_or_hidden_one_none(postgresql_url: str, connection: Any) -> None:
    loan_id, store = new_id(), open_store(postgresql_url)
    async with running_writer(store) as writer:
        tenant, other, hidden = Tenant(writer), Tenant(writer), Tenant(writer)
        await tenant.post(disbursement(loan_id, 1_000, day(-9)))
        await tenant.post(payment(loan_id, 1_300, day(1)))
        await tenant.post(fee(loan_id, 7, day(-2)))
        await other.post(disbursement(loan_id, 5, currency="EUR"))
        await hidden.post(disbursement(loan_id, 9))
    await store.close()
    await connection.execute(f"SET hpts.tenant_ids = '{{{tenant.tenant_id},{other.tenant_id}}}'")
    keys = [(each.tenant_id, loan_id) for each in (tenant, other, hidden)] + [(tenant.tenant_id, new_id())]
    assert await postgresql_current_loans(connection, keys) == {
        keys[0]: CurrentLoan(day(1), LoanBalance("USD", 0, 0, 7, 300, moment_of(2))),
        keys[1]: CurrentLoan(TODAY, LoanBalance("EUR", 5, 0, 0, 0, noon())),
        keys[2]: None,
        keys[3]: None,
    }
