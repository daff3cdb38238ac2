"""All secrets of a database are checked against a key, and moved to another one together or not at all."""

import os

import pytest

from app import clock
from app.settings import DEV_SECRET_KEY
from app.store.store import Store
from app.webhooks.endpoint_secrets import EndpointSecrets, PlainSecrets
from app.webhooks.secret_box import SecretBox, WrongSecretKey
from app.webhooks.stored_secrets import has_wrong_secret, reencrypt_secrets
from tests.support.events import new_id
from tests.support.webhooks import Webhooks, new_request

OLD, NEW = SecretBox.of_text(DEV_SECRET_KEY) or SecretBox(b""), SecretBox(os.urandom(32))


async def read(store: Store, box: SecretBox, webhooks: Webhooks, endpoint_id: str) -> PlainSecrets:
    secrets = EndpointSecrets(box, clock.now)
    return await store.read([webhooks.tenant_id], lambda each: secrets.read(each, webhooks.tenant_id, endpoint_id))


async def test_a_database_without_endpoints_fits_every_key_and_none(store: Store) -> None:
    assert [await has_wrong_secret(store, box) for box in (None, OLD, NEW)] == [False] * 3


async def test_endpoints_of_every_tenant_are_moved_with_their_previous_secrets(store: Store) -> None:
    tenants = [Webhooks(store, new_id()) for _ in range(3)]
    ids = [await each.create() for each in tenants]
    await tenants[0].administration.rotate_secret(new_request(tenants[0].tenant_id), ids[0], 24, lambda _: {})
    before = [await read(store, OLD, each, endpoint_id) for each, endpoint_id in zip(tenants, ids, strict=True)]
    assert before[0].previous_secret is not None
    assert [await has_wrong_secret(store, box) for box in (None, OLD, NEW)] == [True, False, True]
    assert [await reencrypt_secrets(store, NEW, OLD) for _ in range(2)] == [3, 0]
    assert [await has_wrong_secret(store, box) for box in (OLD, NEW)] == [True, False]
    assert [await read(store, NEW, each, endpoint_id) for each, endpoint_id in zip(tenants, ids, strict=True)] == before


async def test_a_key_that_fits_no_secret_changes_nothing(store: Store) -> None:
    webhooks = Webhooks(store, new_id())
    endpoint_id = await webhooks.create()
    before = await read(store, OLD, webhooks, endpoint_id)
    with pytest.raises(WrongSecretKey):
        await reencrypt_secrets(store, NEW, SecretBox(os.urandom(32)))
    assert await read(store, OLD, webhooks, endpoint_id) == before
