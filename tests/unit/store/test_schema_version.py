"""A schema is this version's, an older one, one that this version does not know, or not there; and the line says what to do."""

from collections.abc import Callable

import pytest

from app.store.open import open_store
from app.store.schema_version import refuse_unknown_schema, schema_problem
from app.store.store import Store, StoreMisconfigured
from tests.support.databases import Databases
from tests.support.tampering import Tamperer


async def test_a_migrated_database_has_none(store: Store) -> None:
    assert await store.schema_problem() is None
    await store.read((), refuse_unknown_schema)


async def test_an_empty_database_is_to_be_migrated(engine_name: str, databases: Databases) -> None:
    with databases.empty(engine_name) as url:
        if engine_name == "sqlite":
            Tamperer(url, engine_name).execute("CREATE TABLE others (name text)")
        store = open_store(url)
        assert await store.schema_problem() == "there is no schema yet: run `hpts migrate`"
        await store.read((), refuse_unknown_schema)
        await store.close()


async def test_a_version_that_is_not_known_is_named_with_what_to_do(store: Store, tamper: Callable[[str], None]) -> None:
    tamper("UPDATE alembic_version SET version_num = '0099'")
    problem = await store.read((), schema_problem)
    assert problem is not None
    assert problem.startswith("the schema 0099 is not known to this version, which knows up to 0")
    assert problem.endswith("a newer version of HPTS made it, use that one")
    with pytest.raises(StoreMisconfigured, match="0099"):
        await store.read((), refuse_unknown_schema)


async def test_a_schema_that_the_role_may_not_use_is_no_empty_one(databases: Databases) -> None:
    with databases.fresh("postgresql") as url:
        Tamperer(url, "postgresql").execute("REVOKE USAGE ON SCHEMA public FROM public, hpts_app")
        store = open_store(url)
        assert await store.schema_problem() == "hpts_app may not use the schema: run GRANT USAGE ON SCHEMA public TO hpts_app"
        await store.close()
