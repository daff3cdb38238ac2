from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.event_type import EventType, check_event_type
from ..models.webhook_endpoint_status import WebhookEndpointStatus, check_webhook_endpoint_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.webhook_failure import WebhookFailure


T = TypeVar("T", bound="WebhookEndpoint")


@_attrs_define
class WebhookEndpoint:
    """
    Attributes:
        created_at (datetime.datetime): RFC 3339, in UTC.
        delivered_count (int): Entries that were acknowledged.
        pending_count (int): Entries that are still to be sent.
        status (WebhookEndpointStatus): `failing` while an entry is pending of which an attempt failed. `disabled` by
            you, by an answer 410, or after five days of nothing but failures; nothing is sent then.
        url (str): An https URL of a public host, without credentials and fragment; others are answered with 422
            `url_refused`.
        webhook_endpoint_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        description (str | Unset): What the endpoint is for, in your words.
        event_types (list[EventType] | Unset): The event types that are sent; all when absent.
        last_failure (WebhookFailure | Unset): The newest attempt that failed.
        last_success_at (datetime.datetime | Unset): RFC 3339, in UTC.
    """

    created_at: datetime.datetime
    delivered_count: int
    pending_count: int
    status: WebhookEndpointStatus
    url: str
    webhook_endpoint_id: UUID
    description: str | Unset = UNSET
    event_types: list[EventType] | Unset = UNSET
    last_failure: WebhookFailure | Unset = UNSET
    last_success_at: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        delivered_count = self.delivered_count

        pending_count = self.pending_count

        status: str = self.status

        url = self.url

        webhook_endpoint_id = str(self.webhook_endpoint_id)

        description = self.description

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = []
            for componentsschemas_event_types_item_data in self.event_types:
                componentsschemas_event_types_item: str = componentsschemas_event_types_item_data
                event_types.append(componentsschemas_event_types_item)

        last_failure: dict[str, Any] | Unset = UNSET
        if not isinstance(self.last_failure, Unset):
            last_failure = self.last_failure.to_dict()

        last_success_at: str | Unset = UNSET
        if not isinstance(self.last_success_at, Unset):
            last_success_at = self.last_success_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "created_at": created_at,
                "delivered_count": delivered_count,
                "pending_count": pending_count,
                "status": status,
                "url": url,
                "webhook_endpoint_id": webhook_endpoint_id,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if event_types is not UNSET:
            field_dict["event_types"] = event_types
        if last_failure is not UNSET:
            field_dict["last_failure"] = last_failure
        if last_success_at is not UNSET:
            field_dict["last_success_at"] = last_success_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_failure import WebhookFailure  # noqa: PLC0415

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        delivered_count = d.pop("delivered_count")

        pending_count = d.pop("pending_count")

        status = check_webhook_endpoint_status(d.pop("status"))

        url = d.pop("url")

        webhook_endpoint_id = UUID(d.pop("webhook_endpoint_id"))

        description = d.pop("description", UNSET)

        _event_types = d.pop("event_types", UNSET)
        event_types: list[EventType] | Unset = UNSET
        if _event_types is not UNSET:
            event_types = []
            for componentsschemas_event_types_item_data in _event_types:
                componentsschemas_event_types_item = check_event_type(componentsschemas_event_types_item_data)

                event_types.append(componentsschemas_event_types_item)

        _last_failure = d.pop("last_failure", UNSET)
        last_failure: WebhookFailure | Unset
        if isinstance(_last_failure, Unset):
            last_failure = UNSET
        else:
            last_failure = WebhookFailure.from_dict(_last_failure)

        _last_success_at = d.pop("last_success_at", UNSET)
        last_success_at: datetime.datetime | Unset
        if isinstance(_last_success_at, Unset):
            last_success_at = UNSET
        else:
            last_success_at = datetime.datetime.fromisoformat(_last_success_at)

        webhook_endpoint = cls(
            created_at=created_at,
            delivered_count=delivered_count,
            pending_count=pending_count,
            status=status,
            url=url,
            webhook_endpoint_id=webhook_endpoint_id,
            description=description,
            event_types=event_types,
            last_failure=last_failure,
            last_success_at=last_success_at,
        )

        return webhook_endpoint
