from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="FeePosted")


@_attrs_define
class FeePosted:
    """
    Attributes:
        fee_event_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version
            7.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        posted_at (datetime.datetime): RFC 3339, in UTC.
    """

    fee_event_id: UUID
    journal_entry_id: UUID
    posted_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        fee_event_id = str(self.fee_event_id)

        journal_entry_id = str(self.journal_entry_id)

        posted_at = self.posted_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "fee_event_id": fee_event_id,
                "journal_entry_id": journal_entry_id,
                "posted_at": posted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fee_event_id = UUID(d.pop("fee_event_id"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        fee_posted = cls(
            fee_event_id=fee_event_id,
            journal_entry_id=journal_entry_id,
            posted_at=posted_at,
        )

        return fee_posted
