"""Secrets are made at random, shown while they are valid, and refused where the deployment cannot read them."""

import os
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from app.store.store import Store
from app.webhooks.endpoint_secrets import EndpointSecrets
from app.webhooks.refusals import EndpointUnknown, SecretKeyMissing, SecretKeyWrong
from app.webhooks.secret_box import SecretBox
from tests.support.events import new_id, noon
from tests.support.webhooks import BOX, Webhooks


class Clock:
    def __init__(self) -> None:
        self.moment = noon()

    def __call__(self) -> datetime:
        return self.moment


async def test_the_previous_secret_is_shown_until_it_expires(store: Store) -> None:
    webhooks, now = Webhooks(store, new_id()), Clock()
    endpoint_id, secrets = await webhooks.create(), EndpointSecrets(BOX, now)
    key = webhooks.tenant_id, endpoint_id
    first = await store.read([key[0]], lambda each: secrets.read(each, *key))
    expires_at = await store.write([key[0]], lambda each: secrets.rotate(each, *key, 2))
    assert expires_at == noon() + timedelta(hours=2)
    second = await store.read([key[0]], lambda each: secrets.read(each, *key))
    assert (second.previous_secret, second.previous_secret_expires_at) == (first.secret, expires_at)
    now.moment += timedelta(hours=2)
    third = await store.read([key[0]], lambda each: secrets.read(each, *key))
    assert (third.secret, third.previous_secret, third.previous_secret_expires_at) == (second.secret, None, None)


async def test_a_deployment_without_the_key_says_so(store: Store) -> None:
    webhooks = Webhooks(store, new_id())
    key = webhooks.tenant_id, await webhooks.create()
    for box, refusal in ((None, SecretKeyMissing), (SecretBox(os.urandom(32)), SecretKeyWrong)):
        secrets = EndpointSecrets(box, noon)

        def read(connection: Connection, secrets: EndpointSecrets = secrets) -> object:
            return secrets.read(connection, *key)

        with pytest.raises(refusal, match="HPTS_SECRET_KEY"):
            await store.read([key[0]], read)
    with pytest.raises(SecretKeyMissing, match="HPTS_SECRET_KEY"):
        EndpointSecrets(None, noon).make(*key)
    with pytest.raises(EndpointUnknown):
        await store.read([key[0]], lambda each: EndpointSecrets(BOX, noon).read(each, key[0], new_id()))
