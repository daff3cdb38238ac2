"""The deliverer's store over a database of either engine; its commits do not wait for the disk.

A commit that is lost is an attempt that is made again, or a lease that is claimed again.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection

from app import clock
from app.outbox.journal_reader import next_entries
from app.settings import Settings
from app.store.open import open_store
from app.store.queries import webhook_attempts, webhook_leases
from app.store.queries.commit_order import Place
from app.store.queries.webhook_attempts import EndedAttempt
from app.store.queries.webhook_due import due_entries, entries_with_row
from app.store.queries.webhook_leases import LeasedRow, LeaseKey
from app.store.store import Store
from app.webhooks.delivery_store import Attempt, Cursor, EntryPage, Lease, LeasedEndpoint, PendingEntry, SigningSecret
from app.webhooks.secret_box import SecretBox, WrongSecretKey


def open_delivery_store(settings: Settings) -> "StoredDeliveries":
    """Connects to nothing yet."""
    return StoredDeliveries(open_store(settings.database_url, is_durable=False), SecretBox.of_text(settings.secret_key))


logger: Final = logging.getLogger("hpts.webhooks")


class StoredDeliveries:
    """A DeliveryStore. Without a key, or with a wrong one, there is no endpoint that could be delivered to."""

    def __init__(self, store: Store, secret_box: SecretBox | None) -> None:
        self.store = store
        self._secret_box = secret_box

    async def is_unattended(self) -> bool:
        return self._secret_box is not None and await self.store.read((), webhook_leases.has_unattended)

    async def claim(self, owner: str, lease_seconds: float, limit: int) -> Sequence[LeasedEndpoint]:
        query = partial(webhook_leases.claim, owner=owner, lease_seconds=lease_seconds, limit=limit)
        keys = await self.store.write((), query)
        rows = await self._leased(keys)
        return self._readable(row for row in rows if row.key.owner == owner)

    async def renew(self, leases: Sequence[Lease], lease_seconds: float) -> Sequence[LeasedEndpoint]:
        wanted = {_key_of(lease) for lease in leases}
        extend = partial(webhook_leases.extend, leases=wanted, lease_seconds=lease_seconds)
        await self.store.write(_tenants_of(leases), extend)
        rows = await self._leased([key[:2] for key in wanted])
        return self._readable(row for row in rows if row.key in wanted)

    async def release(self, leases: Sequence[Lease]) -> None:
        keys = [_key_of(lease) for lease in leases]
        await self.store.write(_tenants_of(leases), partial(webhook_leases.release, leases=keys))

    async def with_work(self, read_to: Mapping[Lease, Cursor], now: datetime) -> Sequence[Lease]:
        leases = list(read_to)
        places = [(_key_of(lease), Place.parse(read_to[lease])) for lease in leases]
        found = await self.store.read(_tenants_of(leases), partial(webhook_leases.with_work, read_to=places, now=now))
        return [leases[number] for number in found]

    async def untried(self, lease: Lease, after: Cursor, limit: int) -> EntryPage | None:
        return await self.store.read([lease.tenant_id], partial(self._untried, lease=lease, after=after, limit=limit))

    def _untried(self, connection: Connection, lease: Lease, after: Cursor, limit: int) -> EntryPage | None:
        row = _held(connection, lease)
        if row is None:
            return None
        found = next_entries(connection, lease.tenant_id, Place.parse(after), limit)
        have_row = entries_with_row(connection, *row.key[:2], [each.journal_entry_id for each in found])
        entries = [
            PendingEntry(
                each.journal_entry_id, each.event_type, each.posted_at, each.correlation_id, cursor=Cursor(str(each.place))
            )
            for each in found
            if each.journal_entry_id not in have_row and (row.event_types is None or each.event_type in row.event_types)
        ]
        return EntryPage(entries, Cursor(str(found[-1].place)) if found else after, self._secrets(row))

    async def due(self, lease: Lease, now: datetime, limit: int) -> EntryPage | None:
        return await self.store.read([lease.tenant_id], partial(self._due, lease=lease, now=now, limit=limit))

    def _due(self, connection: Connection, lease: Lease, now: datetime, limit: int) -> EntryPage | None:
        row = _held(connection, lease)
        if row is None:
            return None
        entries = [PendingEntry(*each) for each in due_entries(connection, *row.key[:2], now, limit)]
        return EntryPage(entries, Cursor(str(row.cursor)), self._secrets(row))

    async def record(self, attempts: Sequence[Attempt], cursors: Mapping[Lease, Cursor]) -> Sequence[Lease]:
        leases = {_key_of(lease): lease for lease in (*cursors, *(each.lease for each in attempts))}
        places = {_key_of(lease): Place.parse(cursor) for lease, cursor in cursors.items()}
        ended = [_ended(each) for each in attempts]
        query = partial(webhook_attempts.record, attempts=ended, cursors=places)
        lost = await self.store.write(_tenants_of(leases.values()), query)
        return [leases[key] for key in lost]

    async def close(self) -> None:
        await self.store.close()

    async def _leased(self, keys: Sequence[tuple[str, str]]) -> list[LeasedRow]:
        if not keys:
            return []
        tenant_ids = sorted({tenant_id for tenant_id, _ in keys})
        return await self.store.read(tenant_ids, partial(webhook_leases.leased_rows, keys=keys))

    def _readable(self, rows: Iterable[LeasedRow]) -> list[LeasedEndpoint]:
        """An endpoint whose secret is under another key keeps no other from its deliveries."""
        found = []
        for row in rows:
            try:
                found.append(self._endpoint(row))
            except WrongSecretKey:
                logger.error("webhook endpoint %s is not delivered to: its secret is under another key", row.key[1])
        return found

    def _endpoint(self, row: LeasedRow) -> LeasedEndpoint:
        return LeasedEndpoint(Lease(*row.key), row.url, self._secrets(row), Cursor(str(row.cursor)), row.failing_since)

    def _secrets(self, row: LeasedRow) -> tuple[SigningSecret, ...]:
        """Raises WrongSecretKey."""
        if self._secret_box is None:
            raise WrongSecretKey
        secrets = [SigningSecret(self._secret_box.decrypt(row.secret, *row.key[:2]))]
        expires_at = row.previous_secret_expires_at
        if row.previous_secret is not None and expires_at is not None and expires_at > clock.now():
            secrets.append(SigningSecret(self._secret_box.decrypt(row.previous_secret, *row.key[:2]), expires_at))
        return tuple(secrets)


def _held(connection: Connection, lease: Lease) -> LeasedRow | None:
    """None for an endpoint that is disabled, or leased to another owner."""
    key = _key_of(lease)
    rows = webhook_leases.leased_rows(connection, [key[:2]])
    return next((row for row in rows if row.key == key), None)


def _key_of(lease: Lease) -> LeaseKey:
    return LeaseKey(lease.tenant_id, lease.webhook_endpoint_id, lease.owner, lease.epoch)


def _tenants_of(leases: Iterable[Lease]) -> list[str]:
    return sorted({lease.tenant_id for lease in leases})


def _ended(attempt: Attempt) -> EndedAttempt:
    return EndedAttempt(
        _key_of(attempt.lease),
        attempt.entry.journal_entry_id,
        attempt.entry.attempt_count + 1,
        attempt.entry.round_attempts + 1,
        attempt.started_at,
        attempt.ended_at,
        attempt.status,
        attempt.next_attempt_at,
        attempt.response_status,
        attempt.error,
        attempt.disables,
    )
