from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RedeliveryRequest")


@_attrs_define
class RedeliveryRequest:
    """Either `journal_entry_id` alone, or `posted_from` and `posted_to`; anything else is answered with 400.

    Attributes:
        journal_entry_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here
            are version 7.
        posted_from (datetime.datetime | Unset): RFC 3339, in UTC.
        posted_to (datetime.datetime | Unset): RFC 3339, in UTC.
    """

    journal_entry_id: UUID | Unset = UNSET
    posted_from: datetime.datetime | Unset = UNSET
    posted_to: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        journal_entry_id: str | Unset = UNSET
        if not isinstance(self.journal_entry_id, Unset):
            journal_entry_id = str(self.journal_entry_id)

        posted_from: str | Unset = UNSET
        if not isinstance(self.posted_from, Unset):
            posted_from = self.posted_from.isoformat()

        posted_to: str | Unset = UNSET
        if not isinstance(self.posted_to, Unset):
            posted_to = self.posted_to.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if journal_entry_id is not UNSET:
            field_dict["journal_entry_id"] = journal_entry_id
        if posted_from is not UNSET:
            field_dict["posted_from"] = posted_from
        if posted_to is not UNSET:
            field_dict["posted_to"] = posted_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _journal_entry_id = d.pop("journal_entry_id", UNSET)
        journal_entry_id: UUID | Unset
        if isinstance(_journal_entry_id, Unset):
            journal_entry_id = UNSET
        else:
            journal_entry_id = UUID(_journal_entry_id)

        _posted_from = d.pop("posted_from", UNSET)
        posted_from: datetime.datetime | Unset
        if isinstance(_posted_from, Unset):
            posted_from = UNSET
        else:
            posted_from = datetime.datetime.fromisoformat(_posted_from)

        _posted_to = d.pop("posted_to", UNSET)
        posted_to: datetime.datetime | Unset
        if isinstance(_posted_to, Unset):
            posted_to = UNSET
        else:
            posted_to = datetime.datetime.fromisoformat(_posted_to)

        redelivery_request = cls(
            journal_entry_id=journal_entry_id,
            posted_from=posted_from,
            posted_to=posted_to,
        )

        return redelivery_request
