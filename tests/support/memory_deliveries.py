"""What the deliverer needs of a database, in memory: endpoints, a journal in posting order, leases and attempts."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from app.ids import uuid7
from app.webhooks.delivery_store import Attempt, Cursor, EntryPage, Lease, LeasedEndpoint, PendingEntry, SigningSecret


@dataclass(slots=True)
class MemoryEndpoint:
    tenant_id: str
    webhook_endpoint_id: str
    url: str
    secrets: tuple[SigningSecret, ...]
    is_enabled: bool = True
    cursor: Cursor = Cursor("0")  # noqa: RUF009
    failing_since: datetime | None = None
    lease: Lease | None = None
    leased_until: float = 0.0
    attempts: dict[str, Attempt] = field(default_factory=dict)
    """The last one of each entry."""

    def is_held(self) -> bool:
        return self.lease is not None and time.monotonic() < self.leased_until

    def leased(self) -> LeasedEndpoint:
        assert self.lease is not None
        return LeasedEndpoint(self.lease, self.url, self.secrets, self.cursor, self.failing_since)


class MemoryDeliveries:
    """One journal for all tenants; several deliverers may share it."""

    def __init__(self) -> None:
        self.endpoints: dict[str, MemoryEndpoint] = {}
        self.entries: list[tuple[str, PendingEntry]] = []
        self.error: Exception | None = None
        self.calls: list[str] = []

    def add_endpoint(self, url: str, tenant_id: str = "", *secrets: SigningSecret) -> MemoryEndpoint:
        endpoint = MemoryEndpoint(tenant_id or str(uuid4()), str(uuid4()), url, secrets or (SigningSecret(b"k" * 32),))
        self.endpoints[endpoint.webhook_endpoint_id] = endpoint
        return endpoint

    def post(self, tenant_id: str, count: int = 1) -> list[str]:
        now = datetime.now(UTC)
        for _ in range(count):
            cursor = Cursor(str(len(self.entries) + 1))
            entry = PendingEntry(uuid7(now), "payment_received", now, str(uuid4()), cursor=cursor)
            self.entries.append((tenant_id, entry))
        return [entry.journal_entry_id for _, entry in self.entries[-count:]]

    def delivered(self, endpoint: MemoryEndpoint) -> set[str]:
        return {entry_id for entry_id, attempt in endpoint.attempts.items() if attempt.status == "delivered"}

    async def is_unattended(self) -> bool:
        self._called("is_unattended")
        return any(each.is_enabled and not each.is_held() for each in self.endpoints.values())

    async def claim(self, owner: str, lease_seconds: float, limit: int) -> Sequence[LeasedEndpoint]:
        self._called("claim")
        free = [each for each in self.endpoints.values() if each.is_enabled and not each.is_held()][:limit]
        for each in free:
            epoch = each.lease.epoch + 1 if each.lease else 1
            each.lease = Lease(each.tenant_id, each.webhook_endpoint_id, owner, epoch)
            each.leased_until = time.monotonic() + lease_seconds
        return [each.leased() for each in free]

    async def renew(self, leases: Sequence[Lease], lease_seconds: float) -> Sequence[LeasedEndpoint]:
        self._called("renew")
        held = [each for lease in leases if (each := self._of(lease)) is not None and each.is_enabled]
        for each in held:
            each.leased_until = time.monotonic() + lease_seconds
        return [each.leased() for each in held]

    async def release(self, leases: Sequence[Lease]) -> None:
        self._called("release")
        for lease in leases:
            if (each := self._of(lease)) is not None:
                each.leased_until = 0.0

    async def with_work(self, read_to: Mapping[Lease, Cursor], now: datetime) -> Sequence[Lease]:
        self._called("with_work")
        return [
            lease
            for lease, cursor in read_to.items()
            if (endpoint := self._of(lease)) and (int(cursor) < len(self.entries) or self._due(endpoint, now))
        ]

    async def untried(self, lease: Lease, after: Cursor, limit: int) -> EntryPage | None:
        self._called("untried")
        endpoint = self._of(lease)
        if endpoint is None or not endpoint.is_enabled:
            return None
        looked_at = self.entries[int(after) : int(after) + limit]
        wanted = [
            entry
            for tenant_id, entry in looked_at
            if tenant_id == lease.tenant_id and entry.journal_entry_id not in endpoint.attempts
        ]
        return EntryPage(wanted, Cursor(str(int(after) + len(looked_at))), endpoint.secrets)

    async def due(self, lease: Lease, now: datetime, limit: int) -> EntryPage | None:
        self._called("due")
        endpoint = self._of(lease)
        if endpoint is None or not endpoint.is_enabled:
            return None
        return EntryPage(self._due(endpoint, now)[:limit], Cursor(""), endpoint.secrets)

    async def record(self, attempts: Sequence[Attempt], cursors: Mapping[Lease, Cursor]) -> Sequence[Lease]:
        self._called("record")
        lost = {lease for lease in {*cursors, *(each.lease for each in attempts)} if self._of(lease) is None}
        for attempt in attempts:
            if (endpoint := self._of(attempt.lease)) is not None:
                endpoint.attempts[attempt.entry.journal_entry_id] = attempt
                is_delivered = attempt.status == "delivered"
                endpoint.failing_since = None if is_delivered else endpoint.failing_since or attempt.started_at
                endpoint.is_enabled = endpoint.is_enabled and not attempt.disables
        for lease, cursor in cursors.items():
            if (endpoint := self._of(lease)) is not None:
                endpoint.cursor = cursor
        return list(lost)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.error is not None:
            raise self.error

    def _of(self, lease: Lease) -> MemoryEndpoint | None:
        endpoint = self.endpoints[lease.webhook_endpoint_id]
        return endpoint if endpoint.lease == lease else None

    def _due(self, endpoint: MemoryEndpoint, now: datetime) -> list[PendingEntry]:
        last = [each for each in endpoint.attempts.values() if each.next_attempt_at is not None and each.next_attempt_at <= now]
        return [
            replace(
                each.entry,
                attempt_count=each.entry.attempt_count + 1,
                round_attempts=each.entry.round_attempts + 1,
                cursor=None,
            )
            for each in last
        ]
