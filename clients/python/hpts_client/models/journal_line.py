from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.direction import Direction, check_direction
from ..models.layer import Layer, check_layer
from ..types import UNSET, Unset

T = TypeVar("T", bound="JournalLine")


@_attrs_define
class JournalLine:
    """
    Attributes:
        account_code (str): 1000 Cash, 1050 Payment Clearing, 1100 Principal Receivable, 1200 Interest Receivable, 1300
            Fees Receivable,
            2000 Disbursement Clearing, 2100 Unapplied Payments, 4000 Interest Income, 4100 Fee Income, 4200 Recovery
            Income,
            5000 Credit Losses, 5100 Fees Waived. 1xxx and 5xxx grow on the debit side, the others on the credit side.
        amount_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        currency (str): ISO 4217 code. The pattern admits codes that the standard does not have: a posting in one is
            answered with 422 `currency_unknown`. No loan is opened in a withdrawn currency, but loans that have one keep
            it.
        direction (Direction): Debit or credit.
        layer (Layer): Which book the line stands in.
        sequence (int):
        borrower_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        external_ref (str | Unset): Your own reference; U+0000 cannot be stored.
        loan_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
    """

    account_code: str
    amount_minor: str
    currency: str
    direction: Direction
    layer: Layer
    sequence: int
    borrower_id: UUID | Unset = UNSET
    external_ref: str | Unset = UNSET
    loan_id: UUID | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        account_code = self.account_code

        amount_minor = self.amount_minor

        currency = self.currency

        direction: str = self.direction

        layer: str = self.layer

        sequence = self.sequence

        borrower_id: str | Unset = UNSET
        if not isinstance(self.borrower_id, Unset):
            borrower_id = str(self.borrower_id)

        external_ref = self.external_ref

        loan_id: str | Unset = UNSET
        if not isinstance(self.loan_id, Unset):
            loan_id = str(self.loan_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account_code": account_code,
                "amount_minor": amount_minor,
                "currency": currency,
                "direction": direction,
                "layer": layer,
                "sequence": sequence,
            }
        )
        if borrower_id is not UNSET:
            field_dict["borrower_id"] = borrower_id
        if external_ref is not UNSET:
            field_dict["external_ref"] = external_ref
        if loan_id is not UNSET:
            field_dict["loan_id"] = loan_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account_code = d.pop("account_code")

        amount_minor = d.pop("amount_minor")

        currency = d.pop("currency")

        direction = check_direction(d.pop("direction"))

        layer = check_layer(d.pop("layer"))

        sequence = d.pop("sequence")

        _borrower_id = d.pop("borrower_id", UNSET)
        borrower_id: UUID | Unset
        if isinstance(_borrower_id, Unset):
            borrower_id = UNSET
        else:
            borrower_id = UUID(_borrower_id)

        external_ref = d.pop("external_ref", UNSET)

        _loan_id = d.pop("loan_id", UNSET)
        loan_id: UUID | Unset
        if isinstance(_loan_id, Unset):
            loan_id = UNSET
        else:
            loan_id = UUID(_loan_id)

        journal_line = cls(
            account_code=account_code,
            amount_minor=amount_minor,
            currency=currency,
            direction=direction,
            layer=layer,
            sequence=sequence,
            borrower_id=borrower_id,
            external_ref=external_ref,
            loan_id=loan_id,
        )

        return journal_line
