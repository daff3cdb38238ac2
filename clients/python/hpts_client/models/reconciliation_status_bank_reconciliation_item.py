from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reconciliation_status_bank_reconciliation_item_status import (
    ReconciliationStatusBankReconciliationItemStatus,
    check_reconciliation_status_bank_reconciliation_item_status,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReconciliationStatusBankReconciliationItem")


@_attrs_define
class ReconciliationStatusBankReconciliationItem:
    """
    Attributes:
        bank_account_ref (str):
        status (ReconciliationStatusBankReconciliationItemStatus):
        difference_minor (str | Unset): A whole number of minor units, not negative, as a string, because JSON numbers
            above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
    """

    bank_account_ref: str
    status: ReconciliationStatusBankReconciliationItemStatus
    difference_minor: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bank_account_ref = self.bank_account_ref

        status: str = self.status

        difference_minor = self.difference_minor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bank_account_ref": bank_account_ref,
                "status": status,
            }
        )
        if difference_minor is not UNSET:
            field_dict["difference_minor"] = difference_minor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bank_account_ref = d.pop("bank_account_ref")

        status = check_reconciliation_status_bank_reconciliation_item_status(d.pop("status"))

        difference_minor = d.pop("difference_minor", UNSET)

        reconciliation_status_bank_reconciliation_item = cls(
            bank_account_ref=bank_account_ref,
            status=status,
            difference_minor=difference_minor,
        )

        reconciliation_status_bank_reconciliation_item.additional_properties = d
        return reconciliation_status_bank_reconciliation_item

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
