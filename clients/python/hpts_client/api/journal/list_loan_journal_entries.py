import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import PagedCall
from ...models.event_type import EventType
from ...models.journal_entry import JournalEntry
from ...models.journal_entry_page import JournalEntryPage
from ...types import UNSET, Unset


def list_loan_journal_entries(
    loan_id: UUID,
    *,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    event_type: EventType | Unset = UNSET,
    page_size: int | Unset = 50,
    page_token: str | Unset = UNSET,
) -> PagedCall[JournalEntryPage, JournalEntry]:
    """History of a loan: GET /loans/{loan_id}/journal-entries

    The journal entries that touch a loan, newest posting first."""

    params: dict[str, Any] = {}

    json_from_date: str | Unset = UNSET
    if not isinstance(from_date, Unset):
        json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date: str | Unset = UNSET
    if not isinstance(to_date, Unset):
        json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    json_event_type: str | Unset = UNSET
    if not isinstance(event_type, Unset):
        json_event_type = event_type

    params["event_type"] = json_event_type

    params["page_size"] = page_size

    params["page_token"] = page_token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return PagedCall(
        method="GET",
        path="/loans/{loan_id}/journal-entries".format(
            loan_id=quote(str(loan_id), safe=""),
        ),
        query=params,
        readers={
            200: JournalEntryPage.from_dict,
        },
        token_name="page_token",
        items_of=lambda page: page.items,
        token_of=lambda page: page.next_page_token,
    )
