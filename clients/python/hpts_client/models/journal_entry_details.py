from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.metadata import Metadata


T = TypeVar("T", bound="JournalEntryDetails")


@_attrs_define
class JournalEntryDetails:
    """What the request said beyond the lines, by the names of its body. A fee says nothing more than its description.

    Attributes:
        day_count_convention (str | Unset): How the interest of an accrual was counted.
        destination_ref (str | Unset): Your own reference; U+0000 cannot be stored.
        external_ref (str | Unset): Your own reference; U+0000 cannot be stored.
        metadata (Metadata | Unset): Your own names and values, kept with the event.
        method (str | Unset): How a disbursement was paid out.
        program_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        reason_code (str | Unset): Why an entry was reversed.
        return_code (str | Unset): Why a bank returned a payment, by its own code.
        source_method (str | Unset): How a payment came in.
    """

    day_count_convention: str | Unset = UNSET
    destination_ref: str | Unset = UNSET
    external_ref: str | Unset = UNSET
    metadata: Metadata | Unset = UNSET
    method: str | Unset = UNSET
    program_id: UUID | Unset = UNSET
    reason_code: str | Unset = UNSET
    return_code: str | Unset = UNSET
    source_method: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        day_count_convention = self.day_count_convention

        destination_ref = self.destination_ref

        external_ref = self.external_ref

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        method = self.method

        program_id: str | Unset = UNSET
        if not isinstance(self.program_id, Unset):
            program_id = str(self.program_id)

        reason_code = self.reason_code

        return_code = self.return_code

        source_method = self.source_method

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if day_count_convention is not UNSET:
            field_dict["day_count_convention"] = day_count_convention
        if destination_ref is not UNSET:
            field_dict["destination_ref"] = destination_ref
        if external_ref is not UNSET:
            field_dict["external_ref"] = external_ref
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if method is not UNSET:
            field_dict["method"] = method
        if program_id is not UNSET:
            field_dict["program_id"] = program_id
        if reason_code is not UNSET:
            field_dict["reason_code"] = reason_code
        if return_code is not UNSET:
            field_dict["return_code"] = return_code
        if source_method is not UNSET:
            field_dict["source_method"] = source_method

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.metadata import Metadata  # noqa: PLC0415

        d = dict(src_dict)
        day_count_convention = d.pop("day_count_convention", UNSET)

        destination_ref = d.pop("destination_ref", UNSET)

        external_ref = d.pop("external_ref", UNSET)

        _metadata = d.pop("metadata", UNSET)
        metadata: Metadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = Metadata.from_dict(_metadata)

        method = d.pop("method", UNSET)

        _program_id = d.pop("program_id", UNSET)
        program_id: UUID | Unset
        if isinstance(_program_id, Unset):
            program_id = UNSET
        else:
            program_id = UUID(_program_id)

        reason_code = d.pop("reason_code", UNSET)

        return_code = d.pop("return_code", UNSET)

        source_method = d.pop("source_method", UNSET)

        journal_entry_details = cls(
            day_count_convention=day_count_convention,
            destination_ref=destination_ref,
            external_ref=external_ref,
            metadata=metadata,
            method=method,
            program_id=program_id,
            reason_code=reason_code,
            return_code=return_code,
            source_method=source_method,
        )

        return journal_entry_details
