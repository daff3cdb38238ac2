"""What a tenant does with its webhook endpoints: makes, reads, disables and enables them, rotates secrets, repeats entries.

What changes something is carried out once for each Idempotency-Key; `shown` makes the answer, which is kept with the key.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app import limits
from app.ids import uuid7
from app.reads.page_token import PageTokens
from app.store.queries import webhook_endpoints, webhook_redeliveries
from app.store.queries.commit_order import BEGINNING, end_of_journal
from app.store.queries.secret_keys import PAGE_TOKEN_KEY, secret_key
from app.store.queries.webhook_deliveries import DeliveryView, delivery_of, list_deliveries
from app.store.queries.webhook_endpoints import DISABLED, ENABLED, EndpointPlace, EndpointView
from app.store.store import Store
from app.webhooks.endpoint_secrets import EndpointSecrets, PlainSecrets
from app.webhooks.endpoint_url import url_refusal
from app.webhooks.idempotent import AdminRequest, AdminResult, perform_once
from app.webhooks.refusals import (
    EndpointUnknown,
    RangeReversed,
    RedeliveredEntryUnknown,
    RedeliveryUnclear,
    TooManyEndpoints,
    UrlNotAllowed,
)

_T = TypeVar("_T")
Shown = Callable[[EndpointView], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """`event_types` None are all; `starts` says which entries it gets: those posted from now on, or all."""

    url: str
    starts: Literal["now", "beginning"]
    event_types: Sequence[str] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Redelivery:
    """Either one entry, or all that were posted between two moments, both inclusive."""

    journal_entry_id: str | None = None
    posted_from: datetime | None = None
    posted_to: datetime | None = None

    def require_one_form(self) -> None:
        """Raises RedeliveryUnclear, RangeReversed."""
        ends = self.posted_from, self.posted_to
        if ends != (None, None) if self.journal_entry_id is not None else None in ends:
            raise RedeliveryUnclear
        if self.posted_from is not None and self.posted_to is not None and self.posted_from > self.posted_to:
            raise RangeReversed


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """`next_page_token` is None on the last page."""

    items: Sequence[_T]
    next_page_token: str | None


class WebhookAdministration:
    """One per process. An endpoint of another tenant is not found, like one that does not exist."""

    def __init__(
        self, store: Store, secrets: EndpointSecrets, private_hosts: AbstractSet[str], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._private_hosts = private_hosts
        self._now = now
        self._page_tokens: PageTokens | None = None

    async def create(self, request: AdminRequest, new: NewEndpoint, shown: Shown) -> AdminResult:
        """Raises UrlNotAllowed, TooManyEndpoints, SecretKeyMissing, and what `perform_once` raises."""
        counted = EndpointPlace(uuid7(self._now()), new.event_types, BEGINNING, BEGINNING, BEGINNING, 0)
        if new.starts == "beginning":
            counted = await self._count_ahead(request.tenant_id, counted)
        act = partial(self._create, tenant_id=request.tenant_id, new=new, place=counted, shown=shown)
        return await perform_once(self._store, request, self._now(), act)

    def _create(
        self, connection: Connection, tenant_id: str, new: NewEndpoint, place: EndpointPlace, shown: Shown
    ) -> Mapping[str, Any]:
        refused = url_refusal(new.url, self._private_hosts)
        if refused is not None:
            raise UrlNotAllowed(refused)
        secret = self._secrets.make(tenant_id, place.webhook_endpoint_id)
        _require_room(connection, tenant_id)
        if new.starts == "now":
            end = end_of_journal(connection, tenant_id)
            place = EndpointPlace(place.webhook_endpoint_id, new.event_types, end, end, end, 0)
        facts = {"url": new.url, "description": new.description}
        webhook_endpoints.insert_endpoint(connection, tenant_id, place, facts, secret, self._now())
        return shown(_view(connection, tenant_id, place.webhook_endpoint_id))

    async def list_endpoints(self, tenant_id: str, page_size: int, page_token: str | None) -> Page[EndpointView]:
        """The newest first. Raises InvalidPageToken."""
        tokens, bound = await self._tokens(), ["webhook_endpoints", tenant_id]
        before = None if page_token is None else str(UUID(bytes=tokens.open(page_token, bound, "page_token")))
        query = partial(webhook_endpoints.endpoint_views, tenant_id=tenant_id, limit=page_size + 1, before=before)
        found = await self._store.read([tenant_id], query)
        return _page(found, page_size, lambda last: tokens.seal(UUID(last.webhook_endpoint_id).bytes, bound))

    async def endpoint(self, tenant_id: str, endpoint_id: str) -> EndpointView:
        """Raises EndpointUnknown."""
        await self._keep_counting(tenant_id, endpoint_id)
        return await self._store.read([tenant_id], partial(_view, tenant_id=tenant_id, endpoint_id=endpoint_id))

    async def secrets(self, tenant_id: str, endpoint_id: str) -> PlainSecrets:
        """Raises what `EndpointSecrets` raises."""
        return await self._store.read([tenant_id], partial(self._secrets.read, tenant_id=tenant_id, endpoint_id=endpoint_id))

    async def rotate_secret(
        self,
        request: AdminRequest,
        endpoint_id: str,
        previous_valid_hours: int,
        shown: Callable[[datetime | None], Mapping[str, Any]],
    ) -> AdminResult:
        """Raises what `EndpointSecrets` raises, and what `perform_once` raises."""

        def act(connection: Connection) -> Mapping[str, Any]:
            return shown(self._secrets.rotate(connection, request.tenant_id, endpoint_id, previous_valid_hours))

        return await perform_once(self._store, request, self._now(), act)

    async def disable(self, request: AdminRequest, endpoint_id: str, shown: Shown) -> AdminResult:
        """Raises EndpointUnknown, and what `perform_once` raises."""

        def act(connection: Connection) -> Mapping[str, Any]:
            webhook_endpoints.set_status(connection, request.tenant_id, endpoint_id, DISABLED)
            return shown(_view(connection, request.tenant_id, endpoint_id))

        await self._keep_counting(request.tenant_id, endpoint_id)
        return await perform_once(self._store, request, self._now(), act)

    async def enable(self, request: AdminRequest, endpoint_id: str, shown: Shown) -> AdminResult:
        """All that is pending becomes due. Raises EndpointUnknown, TooManyEndpoints, and what `perform_once` raises."""
        await self._keep_counting(request.tenant_id, endpoint_id)
        act = partial(self._enable, tenant_id=request.tenant_id, endpoint_id=endpoint_id, shown=shown)
        return await perform_once(self._store, request, self._now(), act)

    def _enable(self, connection: Connection, tenant_id: str, endpoint_id: str, shown: Shown) -> Mapping[str, Any]:
        _place(connection, tenant_id, endpoint_id, locks=False)
        enabled = webhook_endpoints.lock_endpoints(connection, tenant_id)
        if webhook_endpoints.set_status(connection, tenant_id, endpoint_id, ENABLED):
            if enabled >= limits.WEBHOOK_ENDPOINTS:
                raise TooManyEndpoints
            webhook_redeliveries.start_new_round(connection, tenant_id, endpoint_id, self._now())
        return shown(_view(connection, tenant_id, endpoint_id))

    async def redeliver(
        self, request: AdminRequest, endpoint_id: str, asked: Redelivery, shown: Callable[[str, int], Mapping[str, Any]]
    ) -> AdminResult:
        """`shown` is given the redelivery's id and how many entries are sent. Raises EndpointUnknown, RedeliveredEntryUnknown."""

        def act(connection: Connection) -> Mapping[str, Any]:
            return shown(uuid7(self._now()), self._redeliver(connection, request.tenant_id, endpoint_id, asked))

        return await perform_once(self._store, request, self._now(), act)

    def _redeliver(self, connection: Connection, tenant_id: str, endpoint_id: str, asked: Redelivery) -> int:
        endpoint, now = _place(connection, tenant_id, endpoint_id, locks=True), self._now()
        if asked.journal_entry_id is not None:
            if not webhook_redeliveries.entry_exists(connection, tenant_id, asked.journal_entry_id):
                raise RedeliveredEntryUnknown(asked.journal_entry_id)
            return webhook_redeliveries.redeliver_entry(connection, tenant_id, endpoint, asked.journal_entry_id, now)
        assert asked.posted_from is not None, "the contract has one of two forms"
        assert asked.posted_to is not None, "both ends or none"
        return webhook_redeliveries.redeliver_range(connection, tenant_id, endpoint, asked.posted_from, asked.posted_to, now)

    async def deliveries(
        self, tenant_id: str, endpoint_id: str, status: str | None, entry_id: str | None, page_size: int, page_token: str | None
    ) -> Page[DeliveryView]:
        """The newest posting first. Raises EndpointUnknown, InvalidPageToken."""
        tokens, bound = await self._tokens(), ["webhook_deliveries", tenant_id, endpoint_id, status, entry_id]
        before = None if page_token is None else str(UUID(bytes=tokens.open(page_token, bound, "page_token")))

        def query(connection: Connection) -> Sequence[DeliveryView]:
            endpoint = _place(connection, tenant_id, endpoint_id, locks=False)
            if entry_id is None:
                return list_deliveries(connection, tenant_id, endpoint, status, before, page_size + 1)
            found = delivery_of(connection, tenant_id, endpoint, entry_id)
            return [found] if found is not None and status in (None, found.status) else []

        found = await self._store.read([tenant_id], query)
        return _page(found, page_size, lambda last: tokens.seal(UUID(last.journal_entry_id).bytes, bound))

    async def _keep_counting(self, tenant_id: str, endpoint_id: str) -> None:
        """Keeps what was counted, so that what the next statement has left to count is bounded. Raises EndpointUnknown."""
        read = partial(_place, tenant_id=tenant_id, endpoint_id=endpoint_id, locks=False)
        before = await self._store.read([tenant_id], read)
        after = await self._count_ahead(tenant_id, before)
        if after is not before:
            keep = partial(webhook_endpoints.keep_count, tenant_id=tenant_id, before=before, after=after)
            await self._store.write([tenant_id], keep)

    async def _count_ahead(self, tenant_id: str, endpoint: EndpointPlace) -> EndpointPlace:
        """One statement for a part of the entries at a time, however many there are."""
        while True:
            count = partial(webhook_endpoints.counted_further, tenant_id=tenant_id, endpoint=endpoint)
            further = await self._store.read([tenant_id], count)
            if further is None:
                return endpoint
            endpoint = further

    async def _tokens(self) -> PageTokens:
        if self._page_tokens is None:
            self._page_tokens = PageTokens(await self._store.read((), partial(secret_key, name=PAGE_TOKEN_KEY)))
        return self._page_tokens


def _view(connection: Connection, tenant_id: str, endpoint_id: str) -> EndpointView:
    found = webhook_endpoints.endpoint_views(connection, tenant_id, 1, endpoint_id)
    if not found:
        raise EndpointUnknown(endpoint_id)
    return found[0]


def _place(connection: Connection, tenant_id: str, endpoint_id: str, *, locks: bool) -> EndpointPlace:
    found = webhook_endpoints.endpoint_place(connection, tenant_id, endpoint_id, locks=locks)
    if found is None:
        raise EndpointUnknown(endpoint_id)
    return found


def _require_room(connection: Connection, tenant_id: str) -> None:
    if webhook_endpoints.lock_endpoints(connection, tenant_id) >= limits.WEBHOOK_ENDPOINTS:
        raise TooManyEndpoints


def _page(found: Sequence[_T], page_size: int, token_after: Callable[[_T], str]) -> Page[_T]:
    """Of at most `page_size` items and one more."""
    items = found[:page_size]
    return Page(items, None if len(found) == len(items) else token_after(items[-1]))
