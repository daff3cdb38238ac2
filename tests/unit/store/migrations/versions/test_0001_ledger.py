"""The first migration gives each database a key of its own."""

import asyncio
from functools import partial

from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.queries.secret_keys import PAGE_TOKEN_KEY, secret_key
from tests.support.databases import Databases


async def page_token_key(url: str) -> bytes:
    store = open_store(url)
    key = await store.read((), partial(secret_key, name=PAGE_TOKEN_KEY))
    await store.close()
    return key


async def test_each_database_has_a_key_of_its_own(engine_name: str, databases: Databases) -> None:
    keys = []
    for _ in range(2):
        with databases.empty(engine_name) as url:
            await asyncio.to_thread(migrate_schema, url)
            keys.append(await page_token_key(url))
    assert keys[0] != keys[1]
    assert [len(key) for key in keys] == [32, 32]
