from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PaymentAllocation")


@_attrs_define
class PaymentAllocation:
    """What the payment paid. The four parts add up to its amount.

    Attributes:
        fees_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53 lose
            digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        interest_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        principal_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
        suspense_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above 2^53
            lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
    """

    fees_minor: str
    interest_minor: str
    principal_minor: str
    suspense_minor: str

    def to_dict(self) -> dict[str, Any]:
        fees_minor = self.fees_minor

        interest_minor = self.interest_minor

        principal_minor = self.principal_minor

        suspense_minor = self.suspense_minor

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "fees_minor": fees_minor,
                "interest_minor": interest_minor,
                "principal_minor": principal_minor,
                "suspense_minor": suspense_minor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fees_minor = d.pop("fees_minor")

        interest_minor = d.pop("interest_minor")

        principal_minor = d.pop("principal_minor")

        suspense_minor = d.pop("suspense_minor")

        payment_allocation = cls(
            fees_minor=fees_minor,
            interest_minor=interest_minor,
            principal_minor=principal_minor,
            suspense_minor=suspense_minor,
        )

        return payment_allocation
