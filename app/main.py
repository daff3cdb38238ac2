"""All the wiring, top to bottom: settings in, ASGI application out."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, Final

from app import clock
from app.auth.access_token import TokenRules
from app.auth.authenticator import Authenticator
from app.auth.client_authority import ClientAuthority, client_authority
from app.auth.key_set import ATTEMPTS_SECONDS, KeySet
from app.auth.key_source import key_source
from app.background import run_periodically
from app.contract.document import load
from app.edge.admission import Admission
from app.edge.asgi import build
from app.edge.asgi_types import ASGIApp
from app.edge.forwarded import TrustedProxies
from app.edge.operation import ServicesSlot
from app.edge.response_check import ResponseCheck, parse_tier
from app.ids import uuid7_at
from app.ledger.chart import STANDARD_CHART
from app.pages.page_host import PageHost
from app.pages.site import create_pages
from app.posting.key_retention import RETENTION_INTERVAL_SECONDS, KeyRetention
from app.posting.writer import Writer
from app.reads.service import Reads
from app.reconciliation.service import Reconciliation
from app.services import Services
from app.settings import Settings
from app.store.open import open_store
from app.store.store import Store
from app.webhooks.administration import WebhookAdministration
from app.webhooks.endpoint_secrets import EndpointSecrets
from app.webhooks.inline_delivery import LOOK_FOR_ENDPOINTS_SECONDS, InlineDelivery
from app.webhooks.secret_box import SecretBox
from app.webhooks.stored_deliveries import StoredDeliveries

GC_THRESHOLD: Final = (50_000, 5, 2)
"""Collections are rare and do not visit what was made at start, which is frozen; no cycle outlives a million new objects."""


def create_app(settings: Settings, authority: ClientAuthority | None = None) -> ASGIApp:
    """The complete service as one ASGI application; the database is opened when the server starts it.

    `authority` is that of the settings, where it was opened before.
    """
    contract = load()
    slot = ServicesSlot()
    worker = Worker(settings, slot)
    return build(
        contract,
        Authenticator(worker.keys, token_rules(settings)),
        slot,
        PageHost(create_pages(contract, settings)),
        ResponseCheck(contract, parse_tier(settings.response_validation)),
        admission=make_admission(settings, authority or client_authority(settings)),
        startup=worker.start,
        shutdown=worker.stop,
    )


def token_rules(settings: Settings) -> TokenRules:
    return TokenRules(settings.issuer, settings.audience, settings.accepted_token_types, settings.token_max_lifetime_seconds)


def make_admission(settings: Settings, authority: ClientAuthority) -> Admission:
    networks = settings.trusted_networks
    proxies = TrustedProxies(networks) if networks else None
    return Admission(settings.partner_host_names, authority, proxies, has_tls=settings.speaks_tls)


def open_key_set(settings: Settings) -> KeySet:
    """The issuer's key set; in production one with a key of the development issuer counts as unreadable."""
    source = key_source(settings.jwks)
    return KeySet(source, settings.jwks_max_age_seconds, admits_development=settings.env == "dev")


def open_services(settings: Settings, store: Store, keys: KeySet, on_posted: Callable[[], None] = lambda: None) -> Services:
    """What handlers and commands use; its writer answers once `writer.run()` runs."""
    reads = Reads(store)
    writer = Writer(
        store,
        clock.now,
        uuid7_at,
        read_bucket_lines=reads.bucket_lines,
        one_tenant_batches=settings.one_tenant_batches,
        on_posted=on_posted,
    )
    reconciliation = Reconciliation(store, clock.now)
    return Services(writer, reads, reconciliation, open_webhooks(settings, store), STANDARD_CHART, store, settings, keys)


def open_webhooks(settings: Settings, store: Store) -> WebhookAdministration:
    secrets = EndpointSecrets(SecretBox.of_text(settings.secret_key), clock.now)
    return WebhookAdministration(store, secrets, settings.allowed_private_hosts, clock.now)


def open_inline_delivery(settings: Settings, store: Store) -> InlineDelivery:
    """It starts nothing by itself, and reads the database of requests once a second at most."""
    return InlineDelivery(settings, StoredDeliveries(store, SecretBox.of_text(settings.secret_key)))


class Worker:
    """What lives from the start of a worker process to its end: services, the writer, and the work beside requests."""

    def __init__(self, settings: Settings, slot: ServicesSlot) -> None:
        self.settings = settings
        self.slot = slot
        self.keys = open_key_set(settings)
        self._background_tasks: list[asyncio.Task[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._delivery: InlineDelivery | None = None

    async def start(self) -> None:
        settings = self.settings
        store = open_store(settings.database_url)
        delivery = self._delivery = open_inline_delivery(settings, store)
        services = self.slot.services = open_services(settings, store, self.keys, delivery.wake)
        self._writing = asyncio.create_task(services.writer.run())
        interval_seconds = settings.reconcile_interval_seconds
        reconcile_due = partial(services.reconciliation.run_all, timedelta(seconds=interval_seconds / 2))
        self._start(run_periodically("reconciliation", reconcile_due, interval_seconds))
        retention = KeyRetention(store, clock.now, settings.idempotency_retention_days)
        self._start(run_periodically("forgetting idempotency keys", retention.forget_expired, RETENTION_INTERVAL_SECONDS))
        if settings.delivery == "inline":
            self._start(run_periodically("looking after the delivery of webhooks", delivery.look, LOOK_FOR_ENDPOINTS_SECONDS))
        self._start(run_periodically("reading the key set", self.keys.keep_current, ATTEMPTS_SECONDS))
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)

    async def stop(self) -> None:
        """Every posting that was taken in is answered before the database is closed."""
        for task in self._background_tasks:
            task.cancel()
        await asyncio.gather(*self._background_tasks, return_exceptions=True)
        if self._delivery is not None:
            await self._delivery.close()
        services: Services = self.slot.services
        services.writer.close()
        if self._writing is not None:
            await self._writing
        await services.store.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._background_tasks.append(asyncio.create_task(work))
