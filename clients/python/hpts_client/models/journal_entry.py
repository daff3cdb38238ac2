from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.event_type import EventType, check_event_type
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.journal_entry_details import JournalEntryDetails
    from ..models.journal_line import JournalLine


T = TypeVar("T", bound="JournalEntry")


@_attrs_define
class JournalEntry:
    """Lines come in sequence; debits equal credits. An accrual of zeros has none. Of an entry of more than 100 lines a
    loan's
    history shows that loan's lines only, with `lines_truncated`.

        Attributes:
            effective_at (datetime.date): The day the event counts from.
            event_type (EventType): The business event behind an entry.
            journal_entry_id (UUID): Compared without regard to case, answered in lower case. Identifiers made here are
                version 7.
            lines (list[JournalLine]):
            posted_at (datetime.datetime): RFC 3339, in UTC.
            actor (str | Unset): Subject of the token that posted the entry.
            correlation_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here
                are version 7.
            description (str | Unset): What the event was for, in words.
            details (JournalEntryDetails | Unset): What the request said beyond the lines, by the names of its body. A fee
                says nothing more than its description.
            event_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here are
                version 7.
            idempotency_key (str | Unset): A name of one posting, unique within the tenant.
            lines_truncated (bool | Unset): The entry has more lines; read the entry itself for all of them.
            next_lines_page_token (str | Unset): There are more lines; send it as `lines_page_token`.
            reversed_by_entry_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made
                here are version 7.
            reverses_entry_id (UUID | Unset): Compared without regard to case, answered in lower case. Identifiers made here
                are version 7.
    """

    effective_at: datetime.date
    event_type: EventType
    journal_entry_id: UUID
    lines: list[JournalLine]
    posted_at: datetime.datetime
    actor: str | Unset = UNSET
    correlation_id: UUID | Unset = UNSET
    description: str | Unset = UNSET
    details: JournalEntryDetails | Unset = UNSET
    event_id: UUID | Unset = UNSET
    idempotency_key: str | Unset = UNSET
    lines_truncated: bool | Unset = UNSET
    next_lines_page_token: str | Unset = UNSET
    reversed_by_entry_id: UUID | Unset = UNSET
    reverses_entry_id: UUID | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        effective_at = self.effective_at.isoformat()

        event_type: str = self.event_type

        journal_entry_id = str(self.journal_entry_id)

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        posted_at = self.posted_at.isoformat()

        actor = self.actor

        correlation_id: str | Unset = UNSET
        if not isinstance(self.correlation_id, Unset):
            correlation_id = str(self.correlation_id)

        description = self.description

        details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.details, Unset):
            details = self.details.to_dict()

        event_id: str | Unset = UNSET
        if not isinstance(self.event_id, Unset):
            event_id = str(self.event_id)

        idempotency_key = self.idempotency_key

        lines_truncated = self.lines_truncated

        next_lines_page_token = self.next_lines_page_token

        reversed_by_entry_id: str | Unset = UNSET
        if not isinstance(self.reversed_by_entry_id, Unset):
            reversed_by_entry_id = str(self.reversed_by_entry_id)

        reverses_entry_id: str | Unset = UNSET
        if not isinstance(self.reverses_entry_id, Unset):
            reverses_entry_id = str(self.reverses_entry_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "effective_at": effective_at,
                "event_type": event_type,
                "journal_entry_id": journal_entry_id,
                "lines": lines,
                "posted_at": posted_at,
            }
        )
        if actor is not UNSET:
            field_dict["actor"] = actor
        if correlation_id is not UNSET:
            field_dict["correlation_id"] = correlation_id
        if description is not UNSET:
            field_dict["description"] = description
        if details is not UNSET:
            field_dict["details"] = details
        if event_id is not UNSET:
            field_dict["event_id"] = event_id
        if idempotency_key is not UNSET:
            field_dict["idempotency_key"] = idempotency_key
        if lines_truncated is not UNSET:
            field_dict["lines_truncated"] = lines_truncated
        if next_lines_page_token is not UNSET:
            field_dict["next_lines_page_token"] = next_lines_page_token
        if reversed_by_entry_id is not UNSET:
            field_dict["reversed_by_entry_id"] = reversed_by_entry_id
        if reverses_entry_id is not UNSET:
            field_dict["reverses_entry_id"] = reverses_entry_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.journal_entry_details import JournalEntryDetails  # noqa: PLC0415
        from ..models.journal_line import JournalLine  # noqa: PLC0415

        d = dict(src_dict)
        effective_at = datetime.date.fromisoformat(d.pop("effective_at"))

        event_type = check_event_type(d.pop("event_type"))

        journal_entry_id = UUID(d.pop("journal_entry_id"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = JournalLine.from_dict(lines_item_data)

            lines.append(lines_item)

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        actor = d.pop("actor", UNSET)

        _correlation_id = d.pop("correlation_id", UNSET)
        correlation_id: UUID | Unset
        if isinstance(_correlation_id, Unset):
            correlation_id = UNSET
        else:
            correlation_id = UUID(_correlation_id)

        description = d.pop("description", UNSET)

        _details = d.pop("details", UNSET)
        details: JournalEntryDetails | Unset
        if isinstance(_details, Unset):
            details = UNSET
        else:
            details = JournalEntryDetails.from_dict(_details)

        _event_id = d.pop("event_id", UNSET)
        event_id: UUID | Unset
        if isinstance(_event_id, Unset):
            event_id = UNSET
        else:
            event_id = UUID(_event_id)

        idempotency_key = d.pop("idempotency_key", UNSET)

        lines_truncated = d.pop("lines_truncated", UNSET)

        next_lines_page_token = d.pop("next_lines_page_token", UNSET)

        _reversed_by_entry_id = d.pop("reversed_by_entry_id", UNSET)
        reversed_by_entry_id: UUID | Unset
        if isinstance(_reversed_by_entry_id, Unset):
            reversed_by_entry_id = UNSET
        else:
            reversed_by_entry_id = UUID(_reversed_by_entry_id)

        _reverses_entry_id = d.pop("reverses_entry_id", UNSET)
        reverses_entry_id: UUID | Unset
        if isinstance(_reverses_entry_id, Unset):
            reverses_entry_id = UNSET
        else:
            reverses_entry_id = UUID(_reverses_entry_id)

        journal_entry = cls(
            effective_at=effective_at,
            event_type=event_type,
            journal_entry_id=journal_entry_id,
            lines=lines,
            posted_at=posted_at,
            actor=actor,
            correlation_id=correlation_id,
            description=description,
            details=details,
            event_id=event_id,
            idempotency_key=idempotency_key,
            lines_truncated=lines_truncated,
            next_lines_page_token=next_lines_page_token,
            reversed_by_entry_id=reversed_by_entry_id,
            reverses_entry_id=reverses_entry_id,
        )

        return journal_entry
