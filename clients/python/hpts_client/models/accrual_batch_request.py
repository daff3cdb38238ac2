from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.accrual_batch_request_day_count_convention import (
    AccrualBatchRequestDayCountConvention,
    check_accrual_batch_request_day_count_convention,
)

if TYPE_CHECKING:
    from ..models.accrued_loan import AccruedLoan


T = TypeVar("T", bound="AccrualBatchRequest")


@_attrs_define
class AccrualBatchRequest:
    """
    Attributes:
        accrual_date (datetime.date): The day whose interest is accrued, in UTC; tomorrow at the latest.
        day_count_convention (AccrualBatchRequestDayCountConvention): How the interest was computed.
        loans (list[AccruedLoan]): Each loan once.
        program_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are version 7.
    """

    accrual_date: datetime.date
    day_count_convention: AccrualBatchRequestDayCountConvention
    loans: list[AccruedLoan]
    program_id: UUID

    def to_dict(self) -> dict[str, Any]:
        accrual_date = self.accrual_date.isoformat()

        day_count_convention: str = self.day_count_convention

        loans = []
        for loans_item_data in self.loans:
            loans_item = loans_item_data.to_dict()
            loans.append(loans_item)

        program_id = str(self.program_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "accrual_date": accrual_date,
                "day_count_convention": day_count_convention,
                "loans": loans,
                "program_id": program_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.accrued_loan import AccruedLoan  # noqa: PLC0415

        d = dict(src_dict)
        accrual_date = datetime.date.fromisoformat(d.pop("accrual_date"))

        day_count_convention = check_accrual_batch_request_day_count_convention(d.pop("day_count_convention"))

        loans = []
        _loans = d.pop("loans")
        for loans_item_data in _loans:
            loans_item = AccruedLoan.from_dict(loans_item_data)

            loans.append(loans_item)

        program_id = UUID(d.pop("program_id"))

        accrual_batch_request = cls(
            accrual_date=accrual_date,
            day_count_convention=day_count_convention,
            loans=loans,
            program_id=program_id,
        )

        return accrual_batch_request
