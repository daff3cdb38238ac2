from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.reversal_request_reason_code import ReversalRequestReasonCode, check_reversal_request_reason_code
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.metadata import Metadata


T = TypeVar("T", bound="ReversalRequest")


@_attrs_define
class ReversalRequest:
    """
    Attributes:
        effective_at (datetime.date): The day the event counts from, in UTC; tomorrow at the latest.
        reason_code (ReversalRequestReasonCode): Why the entry is reversed.
        reason_description (str): The reason in words, for the audit.
        reverses_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        metadata (Metadata | Unset): Your own names and values, kept with the event.
    """

    effective_at: datetime.date
    reason_code: ReversalRequestReasonCode
    reason_description: str
    reverses_entry_id: UUID
    metadata: Metadata | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        effective_at = self.effective_at.isoformat()

        reason_code: str = self.reason_code

        reason_description = self.reason_description

        reverses_entry_id = str(self.reverses_entry_id)

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "effective_at": effective_at,
                "reason_code": reason_code,
                "reason_description": reason_description,
                "reverses_entry_id": reverses_entry_id,
            }
        )
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.metadata import Metadata  # noqa: PLC0415

        d = dict(src_dict)
        effective_at = datetime.date.fromisoformat(d.pop("effective_at"))

        reason_code = check_reversal_request_reason_code(d.pop("reason_code"))

        reason_description = d.pop("reason_description")

        reverses_entry_id = UUID(d.pop("reverses_entry_id"))

        _metadata = d.pop("metadata", UNSET)
        metadata: Metadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = Metadata.from_dict(_metadata)

        reversal_request = cls(
            effective_at=effective_at,
            reason_code=reason_code,
            reason_description=reason_description,
            reverses_entry_id=reverses_entry_id,
            metadata=metadata,
        )

        return reversal_request
