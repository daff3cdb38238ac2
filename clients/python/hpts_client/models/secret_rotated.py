from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SecretRotated")


@_attrs_define
class SecretRotated:
    """
    Attributes:
        webhook_endpoint_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        previous_secret_expires_at (datetime.datetime | Unset): RFC 3339, in UTC.
    """

    webhook_endpoint_id: UUID
    previous_secret_expires_at: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        webhook_endpoint_id = str(self.webhook_endpoint_id)

        previous_secret_expires_at: str | Unset = UNSET
        if not isinstance(self.previous_secret_expires_at, Unset):
            previous_secret_expires_at = self.previous_secret_expires_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "webhook_endpoint_id": webhook_endpoint_id,
            }
        )
        if previous_secret_expires_at is not UNSET:
            field_dict["previous_secret_expires_at"] = previous_secret_expires_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        webhook_endpoint_id = UUID(d.pop("webhook_endpoint_id"))

        _previous_secret_expires_at = d.pop("previous_secret_expires_at", UNSET)
        previous_secret_expires_at: datetime.datetime | Unset
        if isinstance(_previous_secret_expires_at, Unset):
            previous_secret_expires_at = UNSET
        else:
            previous_secret_expires_at = datetime.datetime.fromisoformat(_previous_secret_expires_at)

        secret_rotated = cls(
            webhook_endpoint_id=webhook_endpoint_id,
            previous_secret_expires_at=previous_secret_expires_at,
        )

        return secret_rotated
