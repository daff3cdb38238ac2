from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.delivery_error import DeliveryError, check_delivery_error
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookFailure")


@_attrs_define
class WebhookFailure:
    """The newest attempt that failed.

    Attributes:
        at (datetime.datetime): RFC 3339, in UTC.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        error (DeliveryError | Unset): Why there was no answer.
        response_status (int | Unset): The status that the receiver answered.
    """

    at: datetime.datetime
    journal_entry_id: UUID
    error: DeliveryError | Unset = UNSET
    response_status: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        journal_entry_id = str(self.journal_entry_id)

        error: str | Unset = UNSET
        if not isinstance(self.error, Unset):
            error = self.error

        response_status = self.response_status

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "at": at,
                "journal_entry_id": journal_entry_id,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error
        if response_status is not UNSET:
            field_dict["response_status"] = response_status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        _error = d.pop("error", UNSET)
        error: DeliveryError | Unset
        if isinstance(_error, Unset):
            error = UNSET
        else:
            error = check_delivery_error(_error)

        response_status = d.pop("response_status", UNSET)

        webhook_failure = cls(
            at=at,
            journal_entry_id=journal_entry_id,
            error=error,
            response_status=response_status,
        )

        return webhook_failure
