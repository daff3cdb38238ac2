"""Keys that every worker shares are there after the migration, and are not any other's."""

from functools import partial

import pytest
from sqlalchemy.exc import NoResultFound

from app.store.open import open_store
from app.store.queries.secret_keys import PAGE_TOKEN_KEY, secret_key
from app.store.store import Store


async def test_every_worker_reads_the_same_key(store: Store, database_url: str) -> None:
    other = open_store(database_url)
    keys = [await each.read((), partial(secret_key, name=PAGE_TOKEN_KEY)) for each in (store, other)]
    await other.close()
    assert keys[0] == keys[1]
    assert (type(keys[0]), len(keys[0])) == (bytes, 32)


async def test_a_key_that_was_never_made_is_an_error(store: Store) -> None:
    with pytest.raises(NoResultFound):
        await store.read((), partial(secret_key, name="another"))
