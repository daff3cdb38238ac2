from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reconciliation_status_ledger_integrity_status import (
    ReconciliationStatusLedgerIntegrityStatus,
    check_reconciliation_status_ledger_integrity_status,
)

T = TypeVar("T", bound="ReconciliationStatusLedgerIntegrity")


@_attrs_define
class ReconciliationStatusLedgerIntegrity:
    """Every balance recomputed from the journal lines and compared.

    Attributes:
        checked_at (datetime.datetime): RFC 3339, in UTC.
        mismatched_account_count (int):
        status (ReconciliationStatusLedgerIntegrityStatus):
    """

    checked_at: datetime.datetime
    mismatched_account_count: int
    status: ReconciliationStatusLedgerIntegrityStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        checked_at = self.checked_at.isoformat()

        mismatched_account_count = self.mismatched_account_count

        status: str = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "checked_at": checked_at,
                "mismatched_account_count": mismatched_account_count,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        checked_at = datetime.datetime.fromisoformat(d.pop("checked_at"))

        mismatched_account_count = d.pop("mismatched_account_count")

        status = check_reconciliation_status_ledger_integrity_status(d.pop("status"))

        reconciliation_status_ledger_integrity = cls(
            checked_at=checked_at,
            mismatched_account_count=mismatched_account_count,
            status=status,
        )

        reconciliation_status_ledger_integrity.additional_properties = d
        return reconciliation_status_ledger_integrity

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
