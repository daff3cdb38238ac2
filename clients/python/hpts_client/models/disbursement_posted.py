from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="DisbursementPosted")


@_attrs_define
class DisbursementPosted:
    """
    Attributes:
        disbursement_event_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        posted_at (datetime.datetime): RFC 3339, in UTC.
    """

    disbursement_event_id: UUID
    journal_entry_id: UUID
    posted_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        disbursement_event_id = str(self.disbursement_event_id)

        journal_entry_id = str(self.journal_entry_id)

        posted_at = self.posted_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "disbursement_event_id": disbursement_event_id,
                "journal_entry_id": journal_entry_id,
                "posted_at": posted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        disbursement_event_id = UUID(d.pop("disbursement_event_id"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        disbursement_posted = cls(
            disbursement_event_id=disbursement_event_id,
            journal_entry_id=journal_entry_id,
            posted_at=posted_at,
        )

        return disbursement_posted
