from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.webhook_endpoint import WebhookEndpoint


T = TypeVar("T", bound="WebhookEndpointPage")


@_attrs_define
class WebhookEndpointPage:
    """
    Attributes:
        items (list[WebhookEndpoint]):
        next_page_token (str | Unset): Absent on the last page; send it as `page_token`.
    """

    items: list[WebhookEndpoint]
    next_page_token: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_page_token = self.next_page_token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "items": items,
            }
        )
        if next_page_token is not UNSET:
            field_dict["next_page_token"] = next_page_token

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_endpoint import WebhookEndpoint  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = WebhookEndpoint.from_dict(items_item_data)

            items.append(items_item)

        next_page_token = d.pop("next_page_token", UNSET)

        webhook_endpoint_page = cls(
            items=items,
            next_page_token=next_page_token,
        )

        return webhook_endpoint_page
