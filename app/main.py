"""All the wiring, top to bottom: settings in, ASGI application out."""

import asyncio
import gc
import logging
from collections.abc import Coroutine
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from app import clock
from app.contract.document import load
from app.edge.asgi import build
from app.edge.asgi_types import ASGIApp
from app.edge.auth import Authenticator
from app.edge.operation import LedgerSlot
from app.edge.response_check import ResponseCheck, parse_tier
from app.ids import uuid7
from app.pages.site import create_pages
from app.posting.writer import Writer
from app.reconcile.service import Reconciliation
from app.security.key_source import key_source
from app.security.keys import KeySet
from app.services import Ledger
from app.settings import Settings
from app.store.engine import open_store
from app.store.phases import Store
from app.store.reads import Reads
from app.store.retention import keep_expiring

logger = logging.getLogger("hpts.main")
GC_THRESHOLD = (50_000, 20, 50)
"""Collections are rare and look at young objects only: what the start made is frozen."""


def create_app(settings: Settings) -> ASGIApp:
    """The whole service as one ASGI application; the database is opened when the server starts it."""
    contract = load()
    slot = LedgerSlot()
    service = Service(settings, slot)
    return build(
        contract,
        Authenticator(service.keys, settings.issuer, settings.audience),
        slot,
        cast(ASGIApp, WSGIMiddleware(cast(Any, create_pages(contract, settings)))),
        ResponseCheck(contract, parse_tier(settings.response_validation)),
        startup=service.start,
        shutdown=service.stop,
    )


def open_ledger(settings: Settings, store: Store) -> Ledger:
    """The facade that handlers and commands use; its writer answers once `writer.run()` runs."""
    reads = Reads(store)
    writer = Writer(
        store,
        clock.now,
        uuid7,
        find_blocking=reads.entries_blocking,
        one_tenant_batches=settings.one_tenant_batches,
    )
    return Ledger(writer, reads, Reconciliation(store, clock.now), store, settings)


class Service:
    """What lives from the start of a worker to its end: the ledger, its writer, and the work beside requests."""

    def __init__(self, settings: Settings, slot: LedgerSlot) -> None:
        self.settings = settings
        self.slot = slot
        self.keys = KeySet(key_source(settings.jwks))
        self._beside: list[asyncio.Task[None]] = []
        self._writing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        store = open_store(self.settings.database_url)
        ledger = self.slot.ledger = open_ledger(self.settings, store)
        self._writing = asyncio.create_task(ledger.posting.run())
        self._begin(ledger.reconciliation.schedule(self.settings.reconcile_interval_seconds))
        self._begin(keep_expiring(store, clock.now, self.settings.idempotency_retention_days))
        self._begin(self._load_keys())
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)

    async def stop(self) -> None:
        """Every posting that was taken in is answered before the database is closed."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        ledger: Ledger = self.slot.ledger
        ledger.posting.close()
        if self._writing is not None:
            await self._writing
        await ledger.store.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._beside.append(asyncio.create_task(work))

    async def _load_keys(self) -> None:
        """Early, so that a key set that cannot be read is in the log before the first token comes."""
        try:
            await self.keys.load()
        except Exception as error:
            logger.error("the key set %s cannot be read: %s", self.settings.jwks, error or type(error).__name__)
