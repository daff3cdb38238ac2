"""A request that changes something acts once for its key, also when it is repeated at once; one that is refused uses no key."""

import asyncio
from typing import Any

import pytest

from app import clock
from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch
from app.refusal import NotFound
from app.store.store import Store
from app.webhooks.idempotent import AdminRequest, AdminResult, perform_once
from tests.support.events import new_id


class Counter:
    """Counts how often it acted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _: Any) -> dict[str, int]:
        self.count += 1
        return {"count": self.count}


def request(tenant_id: str, key: str = "key:00000001", request_hash: bytes = b"hash") -> AdminRequest:
    return AdminRequest(tenant_id, key, request_hash)


async def test_the_first_answer_is_given_again(store: Store) -> None:
    tenant_id, act = new_id(), Counter()
    first, again = [await perform_once(store, request(tenant_id), clock.now(), act) for _ in range(2)]
    assert (first, again) == (AdminResult(b'{"count":1}', False), AdminResult(b'{"count":1}', True))
    assert await perform_once(store, request(tenant_id, "key:00000002"), clock.now(), act) == (b'{"count":2}', False)
    assert await perform_once(store, request(new_id()), clock.now(), act) == (b'{"count":3}', False)


async def test_a_key_of_another_request_is_refused(store: Store) -> None:
    tenant_id, act = new_id(), Counter()
    await perform_once(store, request(tenant_id), clock.now(), act)
    with pytest.raises(IdempotencyMismatch):
        await perform_once(store, request(tenant_id, request_hash=b"other"), clock.now(), act)
    assert act.count == 1


async def test_what_is_refused_uses_no_key(store: Store) -> None:
    tenant_id = new_id()

    def refuse(_: Any) -> dict[str, int]:
        raise NotFound("nothing")

    with pytest.raises(NotFound):
        await perform_once(store, request(tenant_id), clock.now(), refuse)
    assert (await perform_once(store, request(tenant_id), clock.now(), Counter())).replayed is False


async def test_of_requests_at_once_one_acts(store: Store) -> None:
    tenant_id, act = new_id(), Counter()
    tries = (perform_once(store, request(tenant_id), clock.now(), act) for _ in range(8))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert act.count == 1
    assert {type(each) for each in results} <= {AdminResult, IdempotencyInProgress}
    assert sum(isinstance(each, AdminResult) and not each.replayed for each in results) == 1
