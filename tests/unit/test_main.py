"""The wiring: a worker opens its services, does its work beside requests, and ends with every posting answered."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import orjson
import pytest

from app import clock
from app.auth.access_token import TokenRules
from app.dev.keys import development_key
from app.edge.asgi_types import ASGIApp, Message
from app.edge.operation import ServicesSlot
from app.ledger.chart import STANDARD_CHART
from app.main import GC_THRESHOLD, Worker, create_app, open_key_set, open_services, token_rules
from app.posting.command import PostingRequest
from app.posting.refusals import Overloaded
from app.services import Services
from app.settings import Settings, load_settings
from app.store.open import open_store
from app.store.queries.reconciliation_runs import newest_run
from tests.support.events import Tenant, disbursement, new_id, running_writer
from tests.support.waiting import HANG_SECONDS
from tests.unit.edge.support import http_scope, send_request


@pytest.fixture(autouse=True)
def _garbage_collection() -> Iterator[None]:
    """As it was before a worker started in this process."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    made = load_settings(database_url=sqlite_url, jwks=str(tmp_path / "dev-keys" / "jwks.json"))
    development_key(made)
    return made


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Services]:
    worker = Worker(settings, slot := ServicesSlot())
    await worker.start()
    services: Services = slot.services
    try:
        yield services
    finally:
        await worker.stop()


def request(tenant_id: str, key: str) -> PostingRequest:
    return PostingRequest(tenant_id, "tester", new_id(), key, key.encode())


async def test_services_share_one_store_and_post_what_they_read(settings: Settings) -> None:
    store = open_store(settings.database_url)
    services = open_services(settings, store, open_key_set(settings))
    assert (services.store, services.settings, services.chart) == (store, settings, STANDARD_CHART)
    writing = asyncio.create_task(services.writer.run())
    tenant_id, loan_id = new_id(), new_id()
    await services.writer.submit(request(tenant_id, "loan-7"), disbursement(loan_id, 1_000, clock.today()))
    assert (await services.reads.loan_balance(tenant_id, loan_id, clock.today())).principal_minor == 1_000
    assert (await services.reconciliation.status(tenant_id))["ledger_integrity"]["status"] == "ok"
    services.writer.close()
    await writing
    await store.close()


async def test_a_worker_that_stops_answers_every_posting_it_took_in(settings: Settings) -> None:
    tenant_id = new_id()
    async with started(settings) as services:
        events = [disbursement(new_id(), 1_000, clock.today()) for _ in range(20)]
        postings = [
            asyncio.create_task(services.writer.submit(request(tenant_id, f"{number}"), event))
            for number, event in enumerate(events)
        ]
        await asyncio.sleep(0)
    assert [result.replayed for result in await asyncio.gather(*postings)] == [False] * 20
    with pytest.raises(Overloaded):
        await services.writer.submit(request(tenant_id, "late"), disbursement(new_id(), 1, clock.today()))


async def test_a_worker_reconciles_every_tenant_from_its_start_on(settings: Settings) -> None:
    store = open_store(settings.database_url)
    async with running_writer(store, clock.now) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(new_id(), 1_000, clock.today()))
    await store.close()
    query = partial(newest_run, tenant_id=tenant.tenant_id, as_of=clock.today())
    async with started(settings) as services, asyncio.timeout(HANG_SECONDS):
        while (kept := await services.store.read([tenant.tenant_id], query)) is None:
            assert clock.today() == query.keywords["as_of"], "the day ended during the test"
    assert kept[1]["ledger_integrity"]["status"] == "ok"


async def test_a_key_set_that_cannot_be_read_is_in_the_log_and_the_worker_starts(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = str(tmp_path / "nowhere.json")
    async with started(load_settings(database_url=sqlite_url, jwks=missing)) as services, asyncio.timeout(HANG_SECONDS):
        while not any(missing in message for message in caplog.messages):
            await services.store.check_writable()


def test_tokens_are_held_to_what_the_settings_say() -> None:
    settings = load_settings(
        issuer="https://issuer.example", audience="x", token_types="at+jwt, JWT", token_max_lifetime_seconds=60
    )
    assert token_rules(settings) == TokenRules("https://issuer.example", "x", frozenset(("at+jwt", "jwt")), 60)


@pytest.mark.parametrize(("env", "is_admitted"), [("dev", True), ("prod", False)])
async def test_a_development_key_is_admitted_in_development_only(settings: Settings, env: str, is_admitted: bool) -> None:
    keys = open_key_set(load_settings(env=env, issuer="https://issuer.example", audience="x", jwks=settings.jwks))
    await keys.keep_current()
    assert keys.is_current() is is_admitted


async def test_the_age_of_a_key_set_is_a_setting(settings: Settings) -> None:
    keys = open_key_set(load_settings(jwks=settings.jwks, jwks_max_age_seconds=1))
    await keys.keep_current()
    assert keys.is_current()
    async with asyncio.timeout(HANG_SECONDS):
        while keys.is_current():
            await asyncio.sleep(0.05)


async def test_the_objects_made_at_start_are_left_out_of_garbage_collection(settings: Settings) -> None:
    async with started(settings):
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == GC_THRESHOLD


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[None]:
    """Started and stopped as a server does it."""
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def serve() -> None:
        await app({"type": "lifespan"}, to_app.get, from_app.put)

    serving = asyncio.create_task(serve())
    await to_app.put({"type": "lifespan.startup"})
    assert await from_app.get() == {"type": "lifespan.startup.complete"}
    yield
    await to_app.put({"type": "lifespan.shutdown"})
    assert await from_app.get() == {"type": "lifespan.shutdown.complete"}
    await serving


async def test_the_application_answers_once_the_server_started_it(settings: Settings) -> None:
    app = create_app(settings)
    async with running(app):
        async with asyncio.timeout(HANG_SECONDS):
            while (await send_request(app, http_scope("GET", "/v1/health/ready"))).status != 200:
                await asyncio.sleep(0)
        anonymous = await send_request(app, http_scope("GET", f"/v1/journal-entries/{new_id()}"))
        assert anonymous.status == 401
        assert orjson.loads(anonymous.body)["code"] == "unauthenticated"
