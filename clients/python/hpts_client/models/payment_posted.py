from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.payment_allocation import PaymentAllocation


T = TypeVar("T", bound="PaymentPosted")


@_attrs_define
class PaymentPosted:
    """
    Attributes:
        allocation (PaymentAllocation): What the payment paid. The four parts add up to its amount.
        journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        payment_event_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
            version 7.
        posted_at (datetime.datetime): RFC 3339, in UTC.
    """

    allocation: PaymentAllocation
    journal_entry_id: UUID
    payment_event_id: UUID
    posted_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        allocation = self.allocation.to_dict()

        journal_entry_id = str(self.journal_entry_id)

        payment_event_id = str(self.payment_event_id)

        posted_at = self.posted_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "allocation": allocation,
                "journal_entry_id": journal_entry_id,
                "payment_event_id": payment_event_id,
                "posted_at": posted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.payment_allocation import PaymentAllocation  # noqa: PLC0415

        d = dict(src_dict)
        allocation = PaymentAllocation.from_dict(d.pop("allocation"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        payment_event_id = UUID(d.pop("payment_event_id"))

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        payment_posted = cls(
            allocation=allocation,
            journal_entry_id=journal_entry_id,
            payment_event_id=payment_event_id,
            posted_at=posted_at,
        )

        return payment_posted
