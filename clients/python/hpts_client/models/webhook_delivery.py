from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.delivery_error import DeliveryError, check_delivery_error
from ..models.delivery_status import DeliveryStatus, check_delivery_status
from ..models.event_type import EventType, check_event_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """
    Attributes:
        attempt_count (int): Attempts so far, those of redeliveries included.
        event_type (EventType): The business event behind an entry.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        status (DeliveryStatus): `pending` until the entry is acknowledged, or no further attempt is made.
        error (DeliveryError | Unset): Why there was no answer.
        first_attempt_at (datetime.datetime | Unset): RFC 3339, in UTC.
        last_attempt_at (datetime.datetime | Unset): RFC 3339, in UTC.
        next_attempt_at (datetime.datetime | Unset): RFC 3339, in UTC.
        response_status (int | Unset): The status that the receiver answered.
    """

    attempt_count: int
    event_type: EventType
    journal_entry_id: UUID
    status: DeliveryStatus
    error: DeliveryError | Unset = UNSET
    first_attempt_at: datetime.datetime | Unset = UNSET
    last_attempt_at: datetime.datetime | Unset = UNSET
    next_attempt_at: datetime.datetime | Unset = UNSET
    response_status: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        attempt_count = self.attempt_count

        event_type: str = self.event_type

        journal_entry_id = str(self.journal_entry_id)

        status: str = self.status

        error: str | Unset = UNSET
        if not isinstance(self.error, Unset):
            error = self.error

        first_attempt_at: str | Unset = UNSET
        if not isinstance(self.first_attempt_at, Unset):
            first_attempt_at = self.first_attempt_at.isoformat()

        last_attempt_at: str | Unset = UNSET
        if not isinstance(self.last_attempt_at, Unset):
            last_attempt_at = self.last_attempt_at.isoformat()

        next_attempt_at: str | Unset = UNSET
        if not isinstance(self.next_attempt_at, Unset):
            next_attempt_at = self.next_attempt_at.isoformat()

        response_status = self.response_status

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "attempt_count": attempt_count,
                "event_type": event_type,
                "journal_entry_id": journal_entry_id,
                "status": status,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error
        if first_attempt_at is not UNSET:
            field_dict["first_attempt_at"] = first_attempt_at
        if last_attempt_at is not UNSET:
            field_dict["last_attempt_at"] = last_attempt_at
        if next_attempt_at is not UNSET:
            field_dict["next_attempt_at"] = next_attempt_at
        if response_status is not UNSET:
            field_dict["response_status"] = response_status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        attempt_count = d.pop("attempt_count")

        event_type = check_event_type(d.pop("event_type"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        status = check_delivery_status(d.pop("status"))

        _error = d.pop("error", UNSET)
        error: DeliveryError | Unset
        if isinstance(_error, Unset):
            error = UNSET
        else:
            error = check_delivery_error(_error)

        _first_attempt_at = d.pop("first_attempt_at", UNSET)
        first_attempt_at: datetime.datetime | Unset
        if isinstance(_first_attempt_at, Unset):
            first_attempt_at = UNSET
        else:
            first_attempt_at = datetime.datetime.fromisoformat(_first_attempt_at)

        _last_attempt_at = d.pop("last_attempt_at", UNSET)
        last_attempt_at: datetime.datetime | Unset
        if isinstance(_last_attempt_at, Unset):
            last_attempt_at = UNSET
        else:
            last_attempt_at = datetime.datetime.fromisoformat(_last_attempt_at)

        _next_attempt_at = d.pop("next_attempt_at", UNSET)
        next_attempt_at: datetime.datetime | Unset
        if isinstance(_next_attempt_at, Unset):
            next_attempt_at = UNSET
        else:
            next_attempt_at = datetime.datetime.fromisoformat(_next_attempt_at)

        response_status = d.pop("response_status", UNSET)

        webhook_delivery = cls(
            attempt_count=attempt_count,
            event_type=event_type,
            journal_entry_id=journal_entry_id,
            status=status,
            error=error,
            first_attempt_at=first_attempt_at,
            last_attempt_at=last_attempt_at,
            next_attempt_at=next_attempt_at,
            response_status=response_status,
        )

        return webhook_delivery
