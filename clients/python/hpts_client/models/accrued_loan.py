from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="AccruedLoan")


@_attrs_define
class AccruedLoan:
    """`outstanding_principal_minor` is checked against the ledger; `interest_minor` may be "0", which posts no line.

    Attributes:
        interest_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        loan_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version 7.
        outstanding_principal_minor (str): A whole number of minor units, not negative, as a string, because JSON
            numbers above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
    """

    interest_minor: str
    loan_id: UUID
    outstanding_principal_minor: str

    def to_dict(self) -> dict[str, Any]:
        interest_minor = self.interest_minor

        loan_id = str(self.loan_id)

        outstanding_principal_minor = self.outstanding_principal_minor

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "interest_minor": interest_minor,
                "loan_id": loan_id,
                "outstanding_principal_minor": outstanding_principal_minor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        interest_minor = d.pop("interest_minor")

        loan_id = UUID(d.pop("loan_id"))

        outstanding_principal_minor = d.pop("outstanding_principal_minor")

        accrued_loan = cls(
            interest_minor=interest_minor,
            loan_id=loan_id,
            outstanding_principal_minor=outstanding_principal_minor,
        )

        return accrued_loan
