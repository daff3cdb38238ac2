from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="Redelivery")


@_attrs_define
class Redelivery:
    """
    Attributes:
        entry_count (int): Entries that are sent again.
        redelivery_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version
            7.
    """

    entry_count: int
    redelivery_id: UUID

    def to_dict(self) -> dict[str, Any]:
        entry_count = self.entry_count

        redelivery_id = str(self.redelivery_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "entry_count": entry_count,
                "redelivery_id": redelivery_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        entry_count = d.pop("entry_count")

        redelivery_id = UUID(d.pop("redelivery_id"))

        redelivery = cls(
            entry_count=entry_count,
            redelivery_id=redelivery_id,
        )

        return redelivery
