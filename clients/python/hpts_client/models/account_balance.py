from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.layer import Layer, check_layer
from ..types import UNSET, Unset

T = TypeVar("T", bound="AccountBalance")


@_attrs_define
class AccountBalance:
    """`dr_balance_minor` and `cr_balance_minor` are the totals debited and credited; `normal_balance_minor` is their
    difference
    on the account's normal side.

        Attributes:
            account_code (str): 1000 Cash, 1050 Payment Clearing, 1100 Principal Receivable, 1200 Interest Receivable, 1300
                Fees Receivable,
                2000 Disbursement Clearing, 2100 Unapplied Payments, 4000 Interest Income, 4100 Fee Income, 4200 Recovery
                Income,
                5000 Credit Losses, 5100 Fees Waived. 1xxx and 5xxx grow on the debit side, the others on the credit side.
            as_of_date (datetime.date):
            cr_balance_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above
                2^53 lose digits in many readers.
                The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
            currency (str): ISO 4217 code. The pattern admits codes that the standard does not have: a posting in one is
                answered with 422 `currency_unknown`. No loan is opened in a withdrawn currency, but loans that have one keep
                it.
            dr_balance_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above
                2^53 lose digits in many readers.
                The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
            layer (Layer): Which book the line stands in.
            normal_balance_minor (str): A whole number of minor units that may be negative, as a string.
            account_name (str | Unset):
    """

    account_code: str
    as_of_date: datetime.date
    cr_balance_minor: str
    currency: str
    dr_balance_minor: str
    layer: Layer
    normal_balance_minor: str
    account_name: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        account_code = self.account_code

        as_of_date = self.as_of_date.isoformat()

        cr_balance_minor = self.cr_balance_minor

        currency = self.currency

        dr_balance_minor = self.dr_balance_minor

        layer: str = self.layer

        normal_balance_minor = self.normal_balance_minor

        account_name = self.account_name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account_code": account_code,
                "as_of_date": as_of_date,
                "cr_balance_minor": cr_balance_minor,
                "currency": currency,
                "dr_balance_minor": dr_balance_minor,
                "layer": layer,
                "normal_balance_minor": normal_balance_minor,
            }
        )
        if account_name is not UNSET:
            field_dict["account_name"] = account_name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        account_code = d.pop("account_code")

        as_of_date = datetime.date.fromisoformat(d.pop("as_of_date"))

        cr_balance_minor = d.pop("cr_balance_minor")

        currency = d.pop("currency")

        dr_balance_minor = d.pop("dr_balance_minor")

        layer = check_layer(d.pop("layer"))

        normal_balance_minor = d.pop("normal_balance_minor")

        account_name = d.pop("account_name", UNSET)

        account_balance = cls(
            account_code=account_code,
            as_of_date=as_of_date,
            cr_balance_minor=cr_balance_minor,
            currency=currency,
            dr_balance_minor=dr_balance_minor,
            layer=layer,
            normal_balance_minor=normal_balance_minor,
            account_name=account_name,
        )

        return account_balance
