from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.event_type import EventType, check_event_type
from ..models.webhook_endpoint_request_starts import WebhookEndpointRequestStarts, check_webhook_endpoint_request_starts
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookEndpointRequest")


@_attrs_define
class WebhookEndpointRequest:
    """
    Attributes:
        starts (WebhookEndpointRequestStarts): Whether entries are sent that are posted from now on, or all from the
            first one on.
        url (str): An https URL of a public host, without credentials and fragment; others are answered with 422
            `url_refused`.
        description (str | Unset): What the endpoint is for, in your words.
        event_types (list[EventType] | Unset): The event types that are sent; all when absent.
    """

    starts: WebhookEndpointRequestStarts
    url: str
    description: str | Unset = UNSET
    event_types: list[EventType] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        starts: str = self.starts

        url = self.url

        description = self.description

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = []
            for componentsschemas_event_types_item_data in self.event_types:
                componentsschemas_event_types_item: str = componentsschemas_event_types_item_data
                event_types.append(componentsschemas_event_types_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "starts": starts,
                "url": url,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if event_types is not UNSET:
            field_dict["event_types"] = event_types

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        starts = check_webhook_endpoint_request_starts(d.pop("starts"))

        url = d.pop("url")

        description = d.pop("description", UNSET)

        _event_types = d.pop("event_types", UNSET)
        event_types: list[EventType] | Unset = UNSET
        if _event_types is not UNSET:
            event_types = []
            for componentsschemas_event_types_item_data in _event_types:
                componentsschemas_event_types_item = check_event_type(componentsschemas_event_types_item_data)

                event_types.append(componentsschemas_event_types_item)

        webhook_endpoint_request = cls(
            starts=starts,
            url=url,
            description=description,
            event_types=event_types,
        )

        return webhook_endpoint_request
