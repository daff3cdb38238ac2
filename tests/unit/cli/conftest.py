"""The `hpts` command in this process, with a database file and keys of the test's own; no setting comes from outside."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import clock
from app.cli.hpts import app
from app.settings import PREFIX
from app.store.open import open_store
from tests.support.events import Tenant, disbursement, new_id, payment, running_writer

Hpts = Callable[..., Result]
"""Runs `hpts` with these arguments; keyword arguments are settings without their prefix."""
PRODUCTION = {"ENV": "prod", "ISSUER": "https://issuer.example", "AUDIENCE": "hpts"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the database `hpts.db` and the keys are, once a command has created them."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", f"sqlite:///{tmp_path / 'hpts.db'}")
    monkeypatch.setenv(f"{PREFIX}JWKS", str(tmp_path / "keys" / "jwks.json"))
    return tmp_path


@pytest.fixture
def hpts() -> Hpts:
    def run(*arguments: str, **settings: str) -> Result:
        return CliRunner().invoke(app, arguments, env={f"{PREFIX}{name}": value for name, value in settings.items()})

    return run


@pytest.fixture
def empty_ledger(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a migrated database without postings, which the commands of the test use."""
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", sqlite_url)
    return sqlite_url


@pytest.fixture
def tenant_id(empty_ledger: str) -> str:
    """A tenant with a loan of 1,000.00 USD in that database, of which 300.00 are paid."""
    return asyncio.run(_post_loan(empty_ledger))


async def _post_loan(database_url: str) -> str:
    store, loan_id, today = open_store(database_url), new_id(), clock.today()
    try:
        async with running_writer(store, clock.now) as writer:
            tenant = Tenant(writer)
            await tenant.post(disbursement(loan_id, 100_000, today))
            await tenant.post(payment(loan_id, 30_000, today))
            return tenant.tenant_id
    finally:
        await store.close()


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port on which another program is listening."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def error_of(done: Result) -> tuple[int, str]:
    """The exit code and the only line on standard error; in particular there is no traceback."""
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    return done.exit_code, line
