from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.readiness_check_status import ReadinessCheckStatus, check_readiness_check_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReadinessCheck")


@_attrs_define
class ReadinessCheck:
    """
    Attributes:
        status (ReadinessCheckStatus):
        detail (str | Unset): Why the check failed.
    """

    status: ReadinessCheckStatus
    detail: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        detail = self.detail

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "status": status,
            }
        )
        if detail is not UNSET:
            field_dict["detail"] = detail

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_readiness_check_status(d.pop("status"))

        detail = d.pop("detail", UNSET)

        readiness_check = cls(
            status=status,
            detail=detail,
        )

        return readiness_check
