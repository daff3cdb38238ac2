"""`hpts rotate-secret-key` moves all secrets to the new key, and `hpts serve` starts with the key that they are under only."""

import asyncio
from base64 import b64encode
from typing import Final

import pytest

from app.dev.child_process import free_port
from app.settings import DEV_SECRET_KEY
from app.store.open import open_store
from tests.support.events import new_id
from tests.support.webhooks import Webhooks
from tests.unit.cli.conftest import Hpts, error_of

NEW: Final = b64encode(bytes(range(32))).decode()
OTHER: Final = b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def with_endpoint(empty_ledger: str) -> str:
    """A database with an endpoint whose secret is under the key of development."""
    asyncio.run(_make_endpoint(empty_ledger))
    return empty_ledger


async def _make_endpoint(database_url: str) -> None:
    store = open_store(database_url)
    await Webhooks(store, new_id()).create()
    await store.close()


@pytest.mark.usefixtures("with_endpoint")
def test_secrets_are_moved_once(hpts: Hpts) -> None:
    for count in (1, 0):
        done = hpts("rotate-secret-key", SECRET_KEY=NEW, SECRET_KEY_PREVIOUS=DEV_SECRET_KEY)
        assert (done.exit_code, done.stderr) == (0, "")
        assert f"{count} webhook endpoint" in done.stdout


@pytest.mark.usefixtures("with_endpoint")
def test_a_key_that_is_not_given_or_is_none_is_a_wrong_setting(hpts: Hpts) -> None:
    for settings, told in (
        ({"SECRET_KEY": NEW}, "HPTS_SECRET_KEY_PREVIOUS is not set"),
        ({"SECRET_KEY": "hunter2", "SECRET_KEY_PREVIOUS": NEW}, "HPTS_SECRET_KEY: it is not the base64 of 32 bytes"),
    ):
        code, line = error_of(hpts("rotate-secret-key", **settings))
        assert code == 2
        assert told in line
        assert "hunter2" not in line


@pytest.mark.usefixtures("with_endpoint")
def test_a_previous_key_that_fits_no_secret_changes_nothing(hpts: Hpts) -> None:
    code, line = error_of(hpts("rotate-secret-key", SECRET_KEY=NEW, SECRET_KEY_PREVIOUS=OTHER))
    assert code == 1
    assert "neither key" in line


@pytest.mark.usefixtures("with_endpoint")
def test_serve_does_not_start_with_another_key_than_that_of_the_secrets(hpts: Hpts) -> None:
    done = hpts("serve", PORT=str(free_port()), SECRET_KEY=NEW)
    assert done.exit_code == 2
    assert "HPTS_SECRET_KEY is another key" in done.stderr
