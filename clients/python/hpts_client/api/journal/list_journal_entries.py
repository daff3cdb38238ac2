import datetime
from typing import Any
from uuid import UUID

from ...call import PagedCall
from ...models.event_type import EventType
from ...models.journal_entry import JournalEntry
from ...models.journal_entry_page import JournalEntryPage
from ...types import UNSET, Unset


def list_journal_entries(
    *,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    posted_from: datetime.datetime | Unset = UNSET,
    posted_to: datetime.datetime | Unset = UNSET,
    event_type: EventType | Unset = UNSET,
    account_code: str | Unset = UNSET,
    currency: str | Unset = UNSET,
    actor: str | Unset = UNSET,
    correlation_id: UUID | Unset = UNSET,
    external_ref: str | Unset = UNSET,
    event_id: UUID | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
    page_size: int | Unset = 50,
    page_token: str | Unset = UNSET,
) -> PagedCall[JournalEntryPage, JournalEntry]:
    """Journal entries of the tenant: GET /journal-entries

    All entries that match every filter, newest posting first. Of an entry of more than 100 lines the first 100
    are shown, with `lines_truncated`. A page may have fewer entries than asked for, or none, though more follow:
    go on while there is a `next_page_token`."""

    params: dict[str, Any] = {}

    json_from_date: str | Unset = UNSET
    if not isinstance(from_date, Unset):
        json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date: str | Unset = UNSET
    if not isinstance(to_date, Unset):
        json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    json_posted_from: str | Unset = UNSET
    if not isinstance(posted_from, Unset):
        json_posted_from = posted_from.isoformat()
    params["posted_from"] = json_posted_from

    json_posted_to: str | Unset = UNSET
    if not isinstance(posted_to, Unset):
        json_posted_to = posted_to.isoformat()
    params["posted_to"] = json_posted_to

    json_event_type: str | Unset = UNSET
    if not isinstance(event_type, Unset):
        json_event_type = event_type

    params["event_type"] = json_event_type

    params["account_code"] = account_code

    params["currency"] = currency

    params["actor"] = actor

    json_correlation_id: str | Unset = UNSET
    if not isinstance(correlation_id, Unset):
        json_correlation_id = str(correlation_id)
    params["correlation_id"] = json_correlation_id

    params["external_ref"] = external_ref

    json_event_id: str | Unset = UNSET
    if not isinstance(event_id, Unset):
        json_event_id = str(event_id)
    params["event_id"] = json_event_id

    params["idempotency_key"] = idempotency_key

    params["page_size"] = page_size

    params["page_token"] = page_token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return PagedCall(
        method="GET",
        path="/journal-entries",
        query=params,
        readers={
            200: JournalEntryPage.from_dict,
        },
        token_name="page_token",
        items_of=lambda page: page.items,
        token_of=lambda page: page.next_page_token,
    )
