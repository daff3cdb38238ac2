from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.disbursement_request_method import DisbursementRequestMethod, check_disbursement_request_method
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.metadata import Metadata


T = TypeVar("T", bound="DisbursementRequest")


@_attrs_define
class DisbursementRequest:
    """
    Attributes:
        amount_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        borrower_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version
            7.
        currency (str): ISO 4217 code. The pattern admits codes that the standard does not have: a posting in one is
            answered with 422 `currency_unknown`. No loan is opened in a withdrawn currency, but loans that have one keep
            it.
        effective_at (datetime.date): The day the event counts from, in UTC; tomorrow at the latest.
        loan_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version 7.
        method (DisbursementRequestMethod): How the money goes out.
        destination_ref (str | Unset): Your reference of the receiving account.
        metadata (Metadata | Unset): Your own names and values, kept with the event.
    """

    amount_minor: str
    borrower_id: UUID
    currency: str
    effective_at: datetime.date
    loan_id: UUID
    method: DisbursementRequestMethod
    destination_ref: str | Unset = UNSET
    metadata: Metadata | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        amount_minor = self.amount_minor

        borrower_id = str(self.borrower_id)

        currency = self.currency

        effective_at = self.effective_at.isoformat()

        loan_id = str(self.loan_id)

        method: str = self.method

        destination_ref = self.destination_ref

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount_minor": amount_minor,
                "borrower_id": borrower_id,
                "currency": currency,
                "effective_at": effective_at,
                "loan_id": loan_id,
                "method": method,
            }
        )
        if destination_ref is not UNSET:
            field_dict["destination_ref"] = destination_ref
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.metadata import Metadata  # noqa: PLC0415

        d = dict(src_dict)
        amount_minor = d.pop("amount_minor")

        borrower_id = UUID(d.pop("borrower_id"))

        currency = d.pop("currency")

        effective_at = datetime.date.fromisoformat(d.pop("effective_at"))

        loan_id = UUID(d.pop("loan_id"))

        method = check_disbursement_request_method(d.pop("method"))

        destination_ref = d.pop("destination_ref", UNSET)

        _metadata = d.pop("metadata", UNSET)
        metadata: Metadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = Metadata.from_dict(_metadata)

        disbursement_request = cls(
            amount_minor=amount_minor,
            borrower_id=borrower_id,
            currency=currency,
            effective_at=effective_at,
            loan_id=loan_id,
            method=method,
            destination_ref=destination_ref,
            metadata=metadata,
        )

        return disbursement_request
