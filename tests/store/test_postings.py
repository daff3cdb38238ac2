"""Each event on both engines: what it answers, what it posts, and why it is refused."""

import asyncio
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.ledger import refusals
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.event import ReadSet
from app.limits import AMOUNT_MINOR_MAX
from app.refusal import Refusal
from app.store.queries.account_balances import account_balances
from app.store.store import Store, StoreConflict, StoreUnavailable
from app.store.tables import journal_lines
from app.store.transaction import CommandBatch
from tests.support.events import (
    TODAY,
    Tenant,
    accrual,
    day,
    disbursement,
    fee,
    new_id,
    payment,
    reversal,
    running_writer,
    writers,
)


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan of 100000 opened thirty days ago."""
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 100_000, day(-30)))
    return loan_id


def lines_of(entry_id: str) -> Any:
    columns = journal_lines.c
    wanted = select(columns.account_code, columns.direction, columns.amount_minor).where(columns.journal_entry_id == entry_id)

    def query(connection: Connection) -> list[tuple[str, str, int]]:
        return [tuple(row) for row in connection.execute(wanted.order_by(columns.sequence))]

    return query


async def test_the_published_example_of_the_waterfall(store: Store, tenant: Tenant, loan_id: str) -> None:
    await tenant.post(fee(loan_id, 500, day(-2)))
    await tenant.post(accrual(loan_id, 100_000, 10_000, day(-1)))
    answer = await tenant.post(payment(loan_id, 88_849))
    assert answer["allocation"] == {
        "fees_minor": "500",
        "interest_minor": "10000",
        "principal_minor": "78349",
        "suspense_minor": "0",
    }
    assert await store.read([tenant.tenant_id], lines_of(answer["journal_entry_id"])) == [
        ("1050", "DR", 88_849),
        ("1300", "CR", 500),
        ("1200", "CR", 10_000),
        ("1100", "CR", 78_349),
    ]


async def test_a_back_dated_payment_pays_only_what_was_owed_on_its_day_and_still_is(tenant: Tenant, loan_id: str) -> None:
    await tenant.post(fee(loan_id, 500, day(-2)))
    await tenant.post(payment(loan_id, 90_500))
    answer = await tenant.post(payment(loan_id, 20_000, day(-10)))
    assert answer["allocation"] == {
        "fees_minor": "0",
        "interest_minor": "0",
        "principal_minor": "10000",
        "suspense_minor": "10000",
    }


async def test_a_reversal_restores_what_the_entry_changed(store: Store, tenant: Tenant, loan_id: str) -> None:
    paid = await tenant.post(payment(loan_id, 400))
    answer = await tenant.post(reversal(paid["journal_entry_id"]))
    assert await store.read([tenant.tenant_id], lines_of(answer["journal_entry_id"])) == [
        ("1050", "CR", 400),
        ("1100", "DR", 400),
    ]
    assert (await tenant.post(payment(loan_id, 100_000)))["allocation"]["principal_minor"] == "100000"


async def test_a_reversal_that_would_leave_a_balance_below_zero_names_loan_and_entry(tenant: Tenant) -> None:
    loan_id = new_id()
    opened = await tenant.post(disbursement(loan_id, 1000))
    paid = await tenant.post(payment(loan_id, 1))
    with pytest.raises(refusals.ReversalBlocked) as refused:
        await tenant.post(reversal(opened["journal_entry_id"]))
    assert refused.value.loan_ids == (loan_id,)
    [fault] = refused.value.field_errors
    assert loan_id in fault.message
    assert paid["journal_entry_id"] in fault.message


async def test_an_entry_is_reversed_once_and_a_reversal_never(tenant: Tenant, loan_id: str) -> None:
    paid = await tenant.post(payment(loan_id, 400))
    answer = await tenant.post(reversal(paid["journal_entry_id"]))
    with pytest.raises(refusals.AlreadyReversed):
        await tenant.post(reversal(paid["journal_entry_id"]))
    with pytest.raises(refusals.NotReversible):
        await tenant.post(reversal(answer["journal_entry_id"]))


async def test_a_date_is_accrued_once_until_the_accrual_is_reversed_even_at_zero(tenant: Tenant, loan_id: str) -> None:
    first = await tenant.post(accrual(loan_id, 100_000, 0, day(-3)))
    assert (first["loan_count"], first["total_accrued_minor"]) == (1, "0")
    with pytest.raises(refusals.DuplicateAccrual):
        await tenant.post(accrual(loan_id, 100_000, 10, day(-3)))
    await tenant.post(reversal(first["journal_entry_id"]))
    await tenant.post(accrual(loan_id, 100_000, 10, day(-3)))
    with pytest.raises(refusals.DuplicateAccrual):
        await tenant.post(accrual(loan_id, 100_000, 10, day(-3)))


async def test_an_accrual_is_checked_against_the_principal_of_its_own_date(tenant: Tenant, loan_id: str) -> None:
    await tenant.post(payment(loan_id, 40_000, day(-5)))
    await tenant.post(accrual(loan_id, 100_000, 10, day(-6)))
    with pytest.raises(refusals.PrincipalDrift) as refused:
        await tenant.post(accrual(loan_id, 100_000, 10, day(-5)))
    assert [fault.field for fault in refused.value.field_errors] == ["/loans/0/outstanding_principal_minor"]
    assert "60000" in refused.value.field_errors[0].message


async def test_every_bad_loan_of_an_accrual_is_named(tenant: Tenant, loan_id: str) -> None:
    euro, unknown = new_id(), new_id()
    await tenant.post(disbursement(euro, 5, currency="EUR"))

    def batch(*loan_ids: str) -> Accrual:
        return Accrual(new_id(), TODAY, "ACT_365", tuple(AccruedLoan(one, 100_000, 1) for one in loan_ids))

    expected: list[tuple[type[Refusal], Accrual, list[str]]] = [
        (refusals.DuplicateLoan, batch(loan_id, loan_id), ["/loans/1/loan_id"]),
        (refusals.LoanNotFound, batch(loan_id, unknown, new_id()), ["/loans/1/loan_id", "/loans/2/loan_id"]),
        (refusals.CurrencyMismatch, batch(loan_id, euro), ["/loans/1/loan_id"]),
    ]
    for refusal, event, fields in expected:
        with pytest.raises(refusal) as refused:
            await tenant.post(event)
        assert [fault.field for fault in refused.value.field_errors] == fields


@pytest.mark.parametrize(
    ("refusal", "facts"),
    [
        (refusals.BorrowerMismatch, {"borrower_id": new_id()}),
        (refusals.CurrencyMismatch, {"currency": "EUR"}),
        (refusals.EffectiveBeforeOpening, {"on": day(-31)}),
        (refusals.EffectiveDateInFuture, {"on": day(2)}),
    ],
)
async def test_why_a_payment_is_refused(tenant: Tenant, loan_id: str, refusal: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(refusal):
        await tenant.post(payment(loan_id, 1, **facts))


async def test_tomorrow_is_allowed(tenant: Tenant, loan_id: str) -> None:
    assert await tenant.post(payment(loan_id, 1, day(1)))


async def test_an_earlier_disbursement_moves_the_opening_back(tenant: Tenant, loan_id: str) -> None:
    await tenant.post(disbursement(loan_id, 50, day(-40)))
    assert (await tenant.post(payment(loan_id, 60, day(-35))))["allocation"]["principal_minor"] == "50"


async def test_another_tenants_loan_and_entry_are_unknown(tenant: Tenant, loan_id: str) -> None:
    paid = await tenant.post(payment(loan_id, 400))
    stranger = Tenant(tenant.writer)
    with pytest.raises(refusals.LoanNotFound):
        await stranger.post(payment(loan_id, 1))
    with pytest.raises(refusals.EntryNotFound):
        await stranger.post(reversal(paid["journal_entry_id"]))
    await stranger.post(disbursement(loan_id, 7))
    assert (await stranger.post(payment(loan_id, 9)))["allocation"]["suspense_minor"] == "2"


async def test_a_reversal_may_not_lie_before_its_entry(tenant: Tenant, loan_id: str) -> None:
    paid = await tenant.post(payment(loan_id, 400))
    with pytest.raises(refusals.EffectiveBeforeEntry):
        await tenant.post(reversal(paid["journal_entry_id"], TODAY - timedelta(days=1)))


async def test_sums_above_the_largest_amount_are_refused_in_one_batch_and_over_many(tenant: Tenant) -> None:
    await tenant.post(disbursement(new_id(), AMOUNT_MINOR_MAX - 10))
    await tenant.post(disbursement(new_id(), 10))
    with pytest.raises(refusals.AmountOutOfRange):
        await tenant.post(disbursement(new_id(), 1))
    assert await tenant.post(disbursement(new_id(), AMOUNT_MINOR_MAX, currency="EUR"))


async def test_writers_together_never_bring_a_total_above_the_largest_amount(database_url: str) -> None:
    tenant_id = new_id()
    async with writers(database_url, 4) as (store, *four):
        tenants = [Tenant(writer, tenant_id) for writer in four]
        for _ in range(5):
            posts = [tenant.post(disbursement(new_id(), AMOUNT_MINOR_MAX // 3), new_id()) for tenant in tenants]
            await asyncio.gather(*posts, return_exceptions=True)
        query = partial(account_balances, keys=[(tenant_id, "2000", "USD", "SETTLED", TODAY)])
        [balance] = (await store.read([tenant_id], query)).values()
    assert balance.cr_minor == AMOUNT_MINOR_MAX // 3 * 3


async def test_the_exposure_of_a_loan_stays_in_range_on_every_date(tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, AMOUNT_MINOR_MAX, day(-9)))
    await tenant.post(payment(loan_id, AMOUNT_MINOR_MAX, day(-5)))
    with pytest.raises(refusals.AmountOutOfRange):
        await tenant.post(fee(loan_id, 1, day(-7)))
    assert await tenant.post(fee(loan_id, 1, day(-5)))


class FailingStore:
    """The outside of the writer: a database that rejects, conflicts or is gone before it works again."""

    batches_at_once = 1

    def __init__(self, store: Store, failures: list[Exception]) -> None:
        self._store, self._failures = store, failures

    async def post(self, batch: CommandBatch) -> None:
        if self._failures:
            raise self._failures.pop(0)
        await self._store.post(batch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_a_conflict_is_decided_anew(store: Store) -> None:
    failing: Any = FailingStore(store, [StoreConflict("twice")] * 3)
    async with running_writer(failing) as writer:
        assert await Tenant(writer).post(disbursement(new_id()))


async def test_a_database_that_is_gone_answers_unavailable_and_the_retry_posts(store: Store) -> None:
    failing: Any = FailingStore(store, [StoreUnavailable("gone")])
    async with running_writer(failing) as writer:
        tenant, event = Tenant(writer), disbursement(new_id())
        with pytest.raises(StoreUnavailable):
            await tenant.post(event, "retry:the:same:key")
        assert await tenant.post(event, "retry:the:same:key")


async def test_a_failing_command_is_isolated(store: Store, tenant: Tenant) -> None:
    failing: Any = SimpleNamespace(reads=lambda: ReadSet(TODAY), decide=lambda *_: 1 // 0)
    events = [disbursement(new_id()), failing, disbursement(new_id())]
    answers = await asyncio.gather(*(tenant.post(event) for event in events), return_exceptions=True)
    assert [isinstance(answer, ZeroDivisionError) for answer in answers] == [False, True, False]
    assert all("journal_entry_id" in answer for answer in (answers[0], answers[2]) if isinstance(answer, dict))
