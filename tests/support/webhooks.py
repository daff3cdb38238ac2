"""Webhook endpoints without a server: their administration and the deliverer's store on one database, and attempts by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import orjson

from app import clock
from app.settings import DEV_SECRET_KEY
from app.store.queries.webhook_deliveries import DeliveryView
from app.store.queries.webhook_endpoints import EndpointView
from app.store.store import Store
from app.webhooks.administration import NewEndpoint, Redelivery, WebhookAdministration
from app.webhooks.delivery_store import Attempt, Lease, PendingEntry
from app.webhooks.endpoint_secrets import EndpointSecrets
from app.webhooks.idempotent import AdminRequest
from app.webhooks.secret_box import SecretBox
from app.webhooks.stored_deliveries import StoredDeliveries

URL: Final = "https://hooks.example.com/hpts"
BOX: Final = SecretBox.of_text(DEV_SECRET_KEY)
LEASE_SECONDS: Final = 3_600.0
LATER: Final = datetime(2126, 1, 1, tzinfo=UTC)
"""When everything that waits for another attempt is due."""

_ANSWERED: Final = {"delivered": 200, "pending": 500}


def new_request(tenant_id: str) -> AdminRequest:
    return AdminRequest(tenant_id, str(uuid4()), b"hash")


@dataclass
class Webhooks:
    """The endpoints of one tenant."""

    store: Store
    tenant_id: str
    administration: WebhookAdministration = field(init=False)
    deliveries: StoredDeliveries = field(init=False)

    def __post_init__(self) -> None:
        self.administration = WebhookAdministration(self.store, EndpointSecrets(BOX, clock.now), frozenset(), clock.now)
        self.deliveries = StoredDeliveries(self.store, BOX)

    async def create(self, **facts: Any) -> str:
        new = NewEndpoint(**{"url": URL, "starts": "beginning", **facts})
        made = await self.administration.create(new_request(self.tenant_id), new, _id_of)
        return str(orjson.loads(made.body)["id"])

    async def enable(self, endpoint_id: str) -> None:
        await self.administration.enable(new_request(self.tenant_id), endpoint_id, _id_of)

    async def disable(self, endpoint_id: str) -> None:
        await self.administration.disable(new_request(self.tenant_id), endpoint_id, _id_of)

    async def redeliver(self, endpoint_id: str, entry_id: str) -> int:
        request, asked = new_request(self.tenant_id), Redelivery(entry_id)
        made = await self.administration.redeliver(request, endpoint_id, asked, lambda _, count: {"count": count})
        return int(orjson.loads(made.body)["count"])

    async def lease(self, endpoint_id: str, owner: str = "tester") -> Lease:
        """The endpoint's lease, claimed by this owner with all others that are free."""
        claimed = await self.deliveries.claim(owner, LEASE_SECONDS, 1_000)
        [lease] = [each.lease for each in claimed if each.lease.webhook_endpoint_id == endpoint_id]
        return lease

    async def view(self, endpoint_id: str) -> EndpointView:
        return await self.administration.endpoint(self.tenant_id, endpoint_id)

    async def counts(self, endpoint_id: str) -> tuple[int, int]:
        """Delivered, and pending."""
        view = await self.view(endpoint_id)
        return view.delivered_entries, view.pending_entries + view.waiting_entries

    async def listed(self, endpoint_id: str, status: str | None = None) -> Sequence[DeliveryView]:
        return (await self.administration.deliveries(self.tenant_id, endpoint_id, status, None, 200, None)).items


def attempt(lease: Lease, entry: PendingEntry, status: str = "delivered", **facts: Any) -> Attempt:
    """One of this moment; an entry that stays pending is due again at once unless `facts` say otherwise."""
    now = clock.now()
    due = now if status == "pending" else None
    answered: dict[str, Any] = {"error": "timeout"} if status == "failed" else {"response_status": _ANSWERED[status]}
    return Attempt(lease, entry, now, now, **{"status": status, "next_attempt_at": due, **answered, **facts})


def _id_of(endpoint: EndpointView) -> dict[str, str]:
    return {"id": endpoint.webhook_endpoint_id}
