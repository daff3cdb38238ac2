from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="LoanBalance")


@_attrs_define
class LoanBalance:
    """`total_exposure_minor` is the sum of the three balances; `last_activity_at` is absent when there was none yet.

    Attributes:
        as_of_date (datetime.date):
        currency (str): ISO 4217 code. The pattern admits codes that the standard does not have: a posting in one is
            answered with 422 `currency_unknown`. No loan is opened in a withdrawn currency, but loans that have one keep
            it.
        fees_receivable_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers
            above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        interest_receivable_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers
            above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        loan_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version 7.
        principal_outstanding_minor (str): A whole number of minor units, not negative, as a string, because JSON
            numbers above 2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        total_exposure_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above
            2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        last_activity_at (datetime.datetime | Unset): RFC 3339, in UTC.
    """

    as_of_date: datetime.date
    currency: str
    fees_receivable_minor: str
    interest_receivable_minor: str
    loan_id: UUID
    principal_outstanding_minor: str
    total_exposure_minor: str
    last_activity_at: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        as_of_date = self.as_of_date.isoformat()

        currency = self.currency

        fees_receivable_minor = self.fees_receivable_minor

        interest_receivable_minor = self.interest_receivable_minor

        loan_id = str(self.loan_id)

        principal_outstanding_minor = self.principal_outstanding_minor

        total_exposure_minor = self.total_exposure_minor

        last_activity_at: str | Unset = UNSET
        if not isinstance(self.last_activity_at, Unset):
            last_activity_at = self.last_activity_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "as_of_date": as_of_date,
                "currency": currency,
                "fees_receivable_minor": fees_receivable_minor,
                "interest_receivable_minor": interest_receivable_minor,
                "loan_id": loan_id,
                "principal_outstanding_minor": principal_outstanding_minor,
                "total_exposure_minor": total_exposure_minor,
            }
        )
        if last_activity_at is not UNSET:
            field_dict["last_activity_at"] = last_activity_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        as_of_date = datetime.date.fromisoformat(d.pop("as_of_date"))

        currency = d.pop("currency")

        fees_receivable_minor = d.pop("fees_receivable_minor")

        interest_receivable_minor = d.pop("interest_receivable_minor")

        loan_id = UUID(d.pop("loan_id"))

        principal_outstanding_minor = d.pop("principal_outstanding_minor")

        total_exposure_minor = d.pop("total_exposure_minor")

        _last_activity_at = d.pop("last_activity_at", UNSET)
        last_activity_at: datetime.datetime | Unset
        if isinstance(_last_activity_at, Unset):
            last_activity_at = UNSET
        else:
            last_activity_at = datetime.datetime.fromisoformat(_last_activity_at)

        loan_balance = cls(
            as_of_date=as_of_date,
            currency=currency,
            fees_receivable_minor=fees_receivable_minor,
            interest_receivable_minor=interest_receivable_minor,
            loan_id=loan_id,
            principal_outstanding_minor=principal_outstanding_minor,
            total_exposure_minor=total_exposure_minor,
            last_activity_at=last_activity_at,
        )

        return loan_balance
