"""The real server on each engine, for one tenant that both know."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from app.conformance.fuzz.plan import Plan, Profile, Target
from app.contract.document import DOCUMENT
from app.contract.routing_view import BASE_PATH
from app.dev.tokens import SCOPES, mint
from tests.support.databases import Databases
from tests.support.server import TOKEN_SECONDS, running_server

WITHOUT_DELIVERY: Final = {"delivery": "off"}
"""So that what an endpoint shows does not depend on when an attempt is made."""


@contextmanager
def on_both_engines(databases: Databases, folder: Path) -> Iterator[tuple[Target, Target, str]]:
    """Targets on PostgreSQL and on SQLite with tokens of one new tenant, and a token of another tenant for the first."""
    tenant_id, targets = str(uuid4()), []
    with ExitStack() as resources:
        for engine in ("postgresql", "sqlite"):
            place = folder / engine
            place.mkdir()
            database_url = resources.enter_context(databases.fresh(engine))
            server = resources.enter_context(running_server(database_url, place, WITHOUT_DELIVERY))
            settings = server.private.settings
            token = mint(settings, tenant_id, SCOPES, "fuzz", TOKEN_SECONDS)
            targets.append(
                (Target(server.url + BASE_PATH, token), mint(settings, str(uuid4()), SCOPES, "other-tenant", TOKEN_SECONDS))
            )
        (first, other_tenant_token), (second, _) = targets
        yield first, second, other_tenant_token


@contextmanager
def plan_for_both_engines(seed: int, profile: Profile, databases: Databases, folder: Path) -> Iterator[Plan]:
    """Everything is tried on PostgreSQL, and SQLite has to answer alike."""
    with on_both_engines(databases, folder) as (target, mirror, other_tenant_token):
        yield Plan(target, str(DOCUMENT), seed, profile, writes=True, other_tenant_token=other_tenant_token, mirror=mirror)


@contextmanager
def private_databases() -> Iterator[tuple[Databases, Path]]:
    """Databases of this process alone, and a folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hpts-contract-") as name:
        databases = Databases(Path(name))
        try:
            yield databases, Path(name)
        finally:
            databases.close()
