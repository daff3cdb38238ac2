from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.event_type import EventType, check_event_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="JournalEntryPosted")


@_attrs_define
class JournalEntryPosted:
    """
    Attributes:
        event_type (EventType): The business event behind an entry.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        occurred_at (datetime.datetime): RFC 3339, in UTC.
        tenant_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version 7.
        correlation_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here
            are version 7.
    """

    event_type: EventType
    journal_entry_id: UUID
    occurred_at: datetime.datetime
    tenant_id: UUID
    correlation_id: UUID | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        event_type: str = self.event_type

        journal_entry_id = str(self.journal_entry_id)

        occurred_at = self.occurred_at.isoformat()

        tenant_id = str(self.tenant_id)

        correlation_id: str | Unset = UNSET
        if not isinstance(self.correlation_id, Unset):
            correlation_id = str(self.correlation_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "event_type": event_type,
                "journal_entry_id": journal_entry_id,
                "occurred_at": occurred_at,
                "tenant_id": tenant_id,
            }
        )
        if correlation_id is not UNSET:
            field_dict["correlation_id"] = correlation_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        event_type = check_event_type(d.pop("event_type"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        occurred_at = datetime.datetime.fromisoformat(d.pop("occurred_at"))

        tenant_id = UUID(d.pop("tenant_id"))

        _correlation_id = d.pop("correlation_id", UNSET)
        correlation_id: UUID | Unset
        if isinstance(_correlation_id, Unset):
            correlation_id = UNSET
        else:
            correlation_id = UUID(_correlation_id)

        journal_entry_posted = cls(
            event_type=event_type,
            journal_entry_id=journal_entry_id,
            occurred_at=occurred_at,
            tenant_id=tenant_id,
            correlation_id=correlation_id,
        )

        return journal_entry_posted
