"""What tests of backups share: PostgreSQL's own programs on the PATH, and a ledger with rows in every table of postings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app.store.open import open_store
from tests.support.events import Tenant, eventful_loan, new_id, running_writer
from tests.support.postgres import find_binaries


def path_with_client_programs() -> str:
    """The PATH with the programs of the PostgreSQL that the tests run first."""
    return f"{find_binaries()}{os.pathsep}{os.environ['PATH']}"


@contextmanager
def client_programs_on_the_path() -> Iterator[None]:
    before = os.environ["PATH"]
    os.environ["PATH"] = path_with_client_programs()
    try:
        yield
    finally:
        os.environ["PATH"] = before


async def post_eventful_loan(database_url: str, tenant_id: str | None = None) -> str:
    """The tenant, a new one where none is given, whose loan has an event of every kind."""
    store = open_store(database_url)
    try:
        async with running_writer(store) as writer:
            tenant = Tenant(writer, tenant_id or new_id())
            await eventful_loan(tenant)
            return tenant.tenant_id
    finally:
        await store.close()


def ignore_progress(_what: str, _part: float | None) -> None:
    """A report that nobody reads."""
