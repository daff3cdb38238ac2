from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ReversalPosted")


@_attrs_define
class ReversalPosted:
    """
    Attributes:
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        posted_at (datetime.datetime): RFC 3339, in UTC.
        reverses_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        correlation_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here
            are version 7.
    """

    journal_entry_id: UUID
    posted_at: datetime.datetime
    reverses_entry_id: UUID
    correlation_id: UUID | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        journal_entry_id = str(self.journal_entry_id)

        posted_at = self.posted_at.isoformat()

        reverses_entry_id = str(self.reverses_entry_id)

        correlation_id: str | Unset = UNSET
        if not isinstance(self.correlation_id, Unset):
            correlation_id = str(self.correlation_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "journal_entry_id": journal_entry_id,
                "posted_at": posted_at,
                "reverses_entry_id": reverses_entry_id,
            }
        )
        if correlation_id is not UNSET:
            field_dict["correlation_id"] = correlation_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        journal_entry_id = UUID(d.pop("journal_entry_id"))

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        reverses_entry_id = UUID(d.pop("reverses_entry_id"))

        _correlation_id = d.pop("correlation_id", UNSET)
        correlation_id: UUID | Unset
        if isinstance(_correlation_id, Unset):
            correlation_id = UNSET
        else:
            correlation_id = UUID(_correlation_id)

        reversal_posted = cls(
            journal_entry_id=journal_entry_id,
            posted_at=posted_at,
            reverses_entry_id=reverses_entry_id,
            correlation_id=correlation_id,
        )

        return reversal_posted
