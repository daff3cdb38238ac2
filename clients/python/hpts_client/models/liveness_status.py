from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.liveness_status_status import LivenessStatusStatus, check_liveness_status_status

T = TypeVar("T", bound="LivenessStatus")


@_attrs_define
class LivenessStatus:
    """
    Attributes:
        git_sha (str):
        status (LivenessStatusStatus):
        version (str):
    """

    git_sha: str
    status: LivenessStatusStatus
    version: str

    def to_dict(self) -> dict[str, Any]:
        git_sha = self.git_sha

        status: str = self.status

        version = self.version

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "git_sha": git_sha,
                "status": status,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        git_sha = d.pop("git_sha")

        status = check_liveness_status_status(d.pop("status"))

        version = d.pop("version")

        liveness_status = cls(
            git_sha=git_sha,
            status=status,
            version=version,
        )

        return liveness_status
