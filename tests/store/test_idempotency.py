"""A key posts once: repeated, used for something else, sent twice at once, and from two processes' writers."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from app import limits
from app.ledger.events.event import Event
from app.ledger.refusals import LoanNotFound
from app.posting.command import PostingResult
from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch, Overloaded
from app.refusal import Refusal
from app.store.queries.loan_balances import loan_balances
from app.store.store import Store
from app.store.tables import journal_entries
from tests.support.events import TODAY, Tenant, disbursement, fee, new_id, payment, running_writer, writers

KEY = "payment:loan_42:proc_1"


async def until_answered(tenant: Tenant, key: str, event: Event) -> PostingResult:
    """What a client does that is told to come back."""
    while True:
        try:
            return await tenant.writer.submit(tenant.request(event, key), event)
        except IdempotencyInProgress:
            await asyncio.sleep(0)


def entry_count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(journal_entries)) or 0


async def test_a_repeated_request_gets_the_same_bytes_and_posts_once(store: Store) -> None:
    loan_id = new_id()
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(loan_id))
        event = payment(loan_id, 100)
        first = await writer.submit(tenant.request(event, KEY), event)
        again = await writer.submit(tenant.request(event, KEY), event)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.body == again.body
    assert await store.read([tenant.tenant_id], entry_count) == 2


async def test_a_key_used_for_another_payload_is_a_mismatch_and_posts_nothing(store: Store) -> None:
    loan_id = new_id()
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(loan_id), KEY)
        with pytest.raises(IdempotencyMismatch):
            await tenant.post(disbursement(loan_id, 1), KEY)
    assert await store.read([tenant.tenant_id], entry_count) == 1


async def test_keys_are_per_tenant(store: Store) -> None:
    async with running_writer(store) as writer:
        one, other = Tenant(writer), Tenant(writer)
        first = await one.post(disbursement(new_id()), KEY)
        second = await other.post(disbursement(new_id()), KEY)
    assert first["journal_entry_id"] != second["journal_entry_id"]


async def test_a_refused_request_consumes_no_key(store: Store) -> None:
    loan_id = new_id()
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        with pytest.raises(LoanNotFound):
            await tenant.post(fee(loan_id, 5), KEY)
        await tenant.post(disbursement(loan_id))
        assert await tenant.post(fee(loan_id, 5), KEY)


async def test_a_refused_command_touches_no_other_of_its_batch(store: Store) -> None:
    loan_id = new_id()
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        events: list[Any] = [disbursement(loan_id, 1000), payment(new_id(), 5), payment(loan_id, 400), payment(loan_id, 700)]
        answers: list[Any] = await asyncio.gather(*(tenant.post(event) for event in events), return_exceptions=True)
    assert isinstance(answers[1], LoanNotFound)
    assert answers[2]["allocation"]["principal_minor"] == "400"
    assert answers[3]["allocation"] == {
        "fees_minor": "0",
        "interest_minor": "0",
        "principal_minor": "600",
        "suspense_minor": "100",
    }


async def test_twins_of_one_key_in_one_process_post_once_and_the_others_are_told_to_wait(store: Store) -> None:
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        event = disbursement(new_id())
        answers = await asyncio.gather(*(tenant.post(event, KEY) for _ in range(64)), return_exceptions=True)
    assert sum(isinstance(answer, IdempotencyInProgress) for answer in answers) == 63
    assert await store.read([tenant.tenant_id], entry_count) == 1


async def test_twins_of_one_key_at_several_writers_post_once_and_every_retry_converges(database_url: str) -> None:
    event, tenant_id, loan_id = disbursement(new_id()), new_id(), new_id()

    async with writers(database_url, 3) as (store, *three):
        tenants = [Tenant(writer, tenant_id) for writer in three]
        for number in range(20):
            key = f"{KEY}:{number}"
            answers = await asyncio.gather(*(until_answered(tenant, key, event) for tenant in tenants))
            assert answers[0].body == answers[1].body == answers[2].body
        opened = await asyncio.gather(
            *(tenant.post(disbursement(loan_id), f"open:{number}") for number, tenant in enumerate(tenants))
        )
        assert len({answer["journal_entry_id"] for answer in opened}) == 3
        assert await store.read([tenant_id], entry_count) == 23


async def test_writers_on_the_same_loans_never_lose_an_update(database_url: str) -> None:
    tenant_id, loan_ids = new_id(), [new_id() for _ in range(5)]
    async with writers(database_url, 3) as (store, *three):
        tenants = [Tenant(writer, tenant_id) for writer in three]
        await asyncio.gather(*(tenants[0].post(disbursement(loan_id, 10_000)) for loan_id in loan_ids))
        posts = [tenants[number % 3].post(payment(loan_ids[number * 7 % 5], 30), f"pay-{number:08d}") for number in range(300)]
        answers = await asyncio.gather(*posts)
        keys = [(tenant_id, loan_id, TODAY) for loan_id in loan_ids]
        balances = await store.read([tenant_id], lambda connection: loan_balances(connection, keys))
    assert [answer["allocation"]["principal_minor"] for answer in answers] == ["30"] * 300
    assert sum(balances[key].principal_minor for key in keys) == 5 * 10_000 - 300 * 30


async def test_a_full_queue_refuses_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUEUE", 3)
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        posts = [tenant.post(disbursement(new_id())) for _ in range(10)]
        answers = await asyncio.gather(*posts, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 7
    assert all(isinstance(refusal, Overloaded) and refusal.retry_after_seconds >= 1 for refusal in refused)


async def test_a_caller_that_goes_away_does_not_stop_its_posting(store: Store) -> None:
    event = disbursement(new_id())
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        leaving = asyncio.create_task(tenant.post(event, KEY))
        await asyncio.wait({leaving}, timeout=0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert (await until_answered(tenant, KEY, event)).replayed
    assert await store.read([tenant.tenant_id], entry_count) == 1
