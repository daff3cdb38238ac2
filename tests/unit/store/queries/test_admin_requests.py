"""The answer to a key is kept once, for its tenant, and a key is claimed by one transaction at a time."""

from functools import partial

from app import clock
from app.store.queries.admin_requests import claim_key, keep_answer, stored_answer
from app.store.store import Store
from app.store.transaction import StoredAnswer
from tests.support.events import new_id

ANSWER = StoredAnswer(b"hash", b"{}")


async def test_an_answer_is_found_by_its_tenant_and_key(store: Store) -> None:
    tenant_id = new_id()
    await store.write([tenant_id], lambda each: keep_answer(each, tenant_id, "key:00000001", ANSWER, clock.now()))
    asked = ((tenant_id, "key:00000001", ANSWER), (tenant_id, "key:0000000", None), (new_id(), "key:00000001", None))
    for other_id, key, expected in asked:
        assert await store.read([other_id], partial(stored_answer, tenant_id=other_id, key=key)) == expected


async def test_a_key_that_nobody_uses_is_claimed(store: Store) -> None:
    assert await store.write([], lambda each: claim_key(each, new_id(), "key:00000001"))
