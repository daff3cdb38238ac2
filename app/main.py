"""All the wiring, top to bottom: settings in, ASGI application out."""

import asyncio
import gc
import logging
import os
import socket
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
from app.contract.document import Contract, load
from app.edge.access_log import AccessLog, is_access_logged
from app.edge.admission import Admission
from app.edge.asgi import build
from app.edge.asgi_types import ASGIApp
from app.edge.forwarded import TrustedProxies
from app.edge.operation import ServicesSlot
from app.edge.rate_limit import RateLimiter
from app.edge.request_metrics import RequestMetrics, request_label_values
from app.edge.response_check import ResponseCheck, parse_tier
from app.edge.shared_state import SharedState
from app.edge.token_buckets import TokenBuckets
from app.edge.trace import Observer
from app.gauges import GAUGE_LABEL_VALUES, REFRESH_SECONDS, Gauges
from app.ids import uuid7_at
from app.ledger.chart import STANDARD_CHART
from app.observability.exposition import exposition
from app.observability.metric import DATABASE_ERRORS, LabelValues
from app.observability.metrics import Metrics
from app.observability.metrics_server import MetricsServer
from app.observability.spans import Spans
from app.pages.page_host import PageHost
from app.pages.site import create_pages
from app.posting.key_retention import RETENTION_INTERVAL_SECONDS, KeyRetention
from app.posting.writer import Writer
from app.reads.service import Reads
from app.reconciliation.service import Reconciliation
from app.services import Services
from app.settings import Settings
from app.store.observed import DATABASE_ERROR_CODES, ObservedStore
from app.store.open import open_store
from app.store.store import Store
from app.webhooks.administration import WebhookAdministration
from app.webhooks.attempt_counters import ATTEMPT_LABEL_VALUES, AttemptCounters
from app.webhooks.endpoint_secrets import EndpointSecrets
from app.webhooks.inline_delivery import LOOK_FOR_ENDPOINTS_SECONDS, InlineDelivery
from app.webhooks.secret_box import SecretBox
from app.webhooks.stored_deliveries import StoredDeliveries

logger: Final = logging.getLogger("hpts.main")
TRACES_VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
GC_THRESHOLD: Final = (50_000, 5, 2)
"""Collections are rare and do not visit what was made at start, which is frozen; no cycle outlives a million new objects."""


def create_app(settings: Settings, authority: ClientAuthority | None = None, shared: SharedState | None = None) -> ASGIApp:
    """The complete service as one ASGI application; the database is opened when the server starts it.

    `authority` is that of the settings, where it was opened before; `shared` is what all workers of a server have in common. A
    process by itself makes its own.
    """
    contract = load()
    shared = shared or SharedState(settings)
    metrics = open_metrics(contract, shared)
    slot = ServicesSlot()
    spans = open_spans()
    worker = Worker(settings, slot, metrics, shared.metrics_socket, spans)
    return build(
        contract,
        Authenticator(worker.keys, token_rules(settings)),
        slot,
        PageHost(create_pages(contract, settings)),
        ResponseCheck(contract, parse_tier(settings.response_validation)),
        admission=make_admission(settings, authority or client_authority(settings)),
        limiter=rate_limiter(settings, shared),
        observers=observers(settings, metrics),
        spans=spans,
        startup=worker.start,
        shutdown=worker.stop,
    )


def token_rules(settings: Settings) -> TokenRules:
    return TokenRules(settings.issuer, settings.audience, settings.accepted_token_types, settings.token_max_lifetime_seconds)


def make_admission(settings: Settings, authority: ClientAuthority) -> Admission:
    networks = settings.trusted_networks
    proxies = TrustedProxies(networks) if networks else None
    return Admission(settings.partner_host_names, authority, proxies, has_tls=settings.speaks_tls)


def open_metrics(contract: Contract, shared: SharedState) -> Metrics | None:
    """Those of this worker; None where nobody reads them."""
    if shared.metrics is None:
        return None
    codes = {"engine": ("postgresql", "sqlite"), "code": DATABASE_ERROR_CODES}
    values: LabelValues = {DATABASE_ERRORS.name: codes, **ATTEMPT_LABEL_VALUES, **GAUGE_LABEL_VALUES}
    return Metrics({**request_label_values(contract), **values}, shared.metrics, shared.slot)


def open_spans() -> Spans | None:
    """Where a collector is named by OpenTelemetry's own variable, and the extra is installed."""
    if not os.environ.get(TRACES_VARIABLE):
        return None
    try:
        from app.observability.open_telemetry import OpenTelemetrySpans
    except ImportError:
        logger.warning("%s is set, but nothing is traced: install hpts[otel]", TRACES_VARIABLE)
        return None
    return OpenTelemetrySpans()


def observers(settings: Settings, metrics: Metrics | None) -> list[Observer]:
    found: list[Observer] = [AccessLog(settings.log_format)] if is_access_logged() else []
    return found if metrics is None else [*found, RequestMetrics(metrics)]


def rate_limiter(settings: Settings, shared: SharedState) -> RateLimiter | None:
    """None where requests are not limited."""
    if settings.allowance is None or shared.buckets is None:
        return None
    return RateLimiter(TokenBuckets(shared.buckets, *settings.allowance, settings.workers), *settings.allowance)


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


def open_inline_delivery(settings: Settings, store: Store, metrics: Metrics | None) -> InlineDelivery:
    """It starts nothing by itself, and reads the database of requests once a second at most."""
    counters = None if metrics is None else AttemptCounters.of_metrics(metrics)
    return InlineDelivery(settings, StoredDeliveries(store, SecretBox.of_text(settings.secret_key)), counters)


class Worker:
    """What lives from the start of a worker process to its end: services, the writer, and the work beside requests."""

    def __init__(
        self,
        settings: Settings,
        slot: ServicesSlot,
        metrics: Metrics | None = None,
        metrics_socket: socket.socket | None = None,
        spans: Spans | None = None,
    ) -> None:
        self.settings = settings
        self.slot = slot
        self.metrics = metrics
        self._spans = spans
        self._metrics_socket = metrics_socket
        self._metrics_server: MetricsServer | None = None
        self.keys = open_key_set(settings)
        self._background_tasks: list[asyncio.Task[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._delivery: InlineDelivery | None = None

    async def start(self) -> None:
        settings = self.settings
        store = open_store(settings.database_url, on_statement=None if self._spans is None else self._spans.statement)
        if self.metrics is not None or self._spans is not None:
            store = ObservedStore(store, self.metrics, "sqlite" if settings.on_sqlite else "postgresql", self._spans)
        delivery = self._delivery = open_inline_delivery(settings, store, self.metrics)
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
        if self.metrics is not None and self._metrics_socket is not None:
            self._start(run_periodically("reading the gauges", Gauges(self.metrics, services).refresh, REFRESH_SECONDS))
            self._metrics_server = MetricsServer(self._metrics_socket, partial(exposition, self.metrics))
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
        if self._spans is not None:
            await asyncio.to_thread(self._spans.close)
        if self._metrics_server is not None:
            await asyncio.to_thread(self._metrics_server.close)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._background_tasks.append(asyncio.create_task(work))
