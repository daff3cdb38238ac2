from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="AccrualBatchPosted")


@_attrs_define
class AccrualBatchPosted:
    """
    Attributes:
        accrual_event_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        loan_count (int):
        posted_at (datetime.datetime): RFC 3339, in UTC.
        total_accrued_minor (str): A whole number of minor units, not negative, as a string, because JSON numbers above
            2^53 lose digits in many readers.
            The pattern admits values above 9223372036854775807: those are answered with 422 `amount_out_of_range`.
    """

    accrual_event_id: UUID
    journal_entry_id: UUID
    loan_count: int
    posted_at: datetime.datetime
    total_accrued_minor: str

    def to_dict(self) -> dict[str, Any]:
        accrual_event_id = str(self.accrual_event_id)

        journal_entry_id = str(self.journal_entry_id)

        loan_count = self.loan_count

        posted_at = self.posted_at.isoformat()

        total_accrued_minor = self.total_accrued_minor

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "accrual_event_id": accrual_event_id,
                "journal_entry_id": journal_entry_id,
                "loan_count": loan_count,
                "posted_at": posted_at,
                "total_accrued_minor": total_accrued_minor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        accrual_event_id = UUID(d.pop("accrual_event_id"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        loan_count = d.pop("loan_count")

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        total_accrued_minor = d.pop("total_accrued_minor")

        accrual_batch_posted = cls(
            accrual_event_id=accrual_event_id,
            journal_entry_id=journal_entry_id,
            loan_count=loan_count,
            posted_at=posted_at,
            total_accrued_minor=total_accrued_minor,
        )

        return accrual_batch_posted
