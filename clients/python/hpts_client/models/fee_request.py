from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="FeeRequest")


@_attrs_define
class FeeRequest:
    """
    Attributes:
        amount_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        currency (str): ISO 4217 code. The pattern admits codes that the standard does not have: a posting in one is
            answered with 422 `currency_unknown`. No loan is opened in a withdrawn currency, but loans that have one keep
            it.
        description (str): What the fee is for.
        effective_at (datetime.date): The day the event counts from, in UTC; tomorrow at the latest.
    """

    amount_minor: str
    currency: str
    description: str
    effective_at: datetime.date

    def to_dict(self) -> dict[str, Any]:
        amount_minor = self.amount_minor

        currency = self.currency

        description = self.description

        effective_at = self.effective_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount_minor": amount_minor,
                "currency": currency,
                "description": description,
                "effective_at": effective_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount_minor = d.pop("amount_minor")

        currency = d.pop("currency")

        description = d.pop("description")

        effective_at = datetime.date.fromisoformat(d.pop("effective_at"))

        fee_request = cls(
            amount_minor=amount_minor,
            currency=currency,
            description=description,
            effective_at=effective_at,
        )

        return fee_request
