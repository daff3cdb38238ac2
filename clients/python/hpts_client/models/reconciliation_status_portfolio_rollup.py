from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reconciliation_status_portfolio_rollup_status import (
    ReconciliationStatusPortfolioRollupStatus,
    check_reconciliation_status_portfolio_rollup_status,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReconciliationStatusPortfolioRollup")


@_attrs_define
class ReconciliationStatusPortfolioRollup:
    """Account 1100 compared with the sum of the loans' principal.

    Attributes:
        status (ReconciliationStatusPortfolioRollupStatus):
        gl_principal_minor (str | Unset): A whole number of minor units, not negative, as a string, because JSON numbers
            above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        sum_of_loan_balances_minor (str | Unset): A whole number of minor units, not negative, as a string, because JSON
            numbers above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
    """

    status: ReconciliationStatusPortfolioRollupStatus
    gl_principal_minor: str | Unset = UNSET
    sum_of_loan_balances_minor: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        gl_principal_minor = self.gl_principal_minor

        sum_of_loan_balances_minor = self.sum_of_loan_balances_minor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if gl_principal_minor is not UNSET:
            field_dict["gl_principal_minor"] = gl_principal_minor
        if sum_of_loan_balances_minor is not UNSET:
            field_dict["sum_of_loan_balances_minor"] = sum_of_loan_balances_minor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_reconciliation_status_portfolio_rollup_status(d.pop("status"))

        gl_principal_minor = d.pop("gl_principal_minor", UNSET)

        sum_of_loan_balances_minor = d.pop("sum_of_loan_balances_minor", UNSET)

        reconciliation_status_portfolio_rollup = cls(
            status=status,
            gl_principal_minor=gl_principal_minor,
            sum_of_loan_balances_minor=sum_of_loan_balances_minor,
        )

        reconciliation_status_portfolio_rollup.additional_properties = d
        return reconciliation_status_portfolio_rollup

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
