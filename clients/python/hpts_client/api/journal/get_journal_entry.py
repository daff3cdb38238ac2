from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import PagedCall
from ...models.journal_entry import JournalEntry
from ...models.journal_line import JournalLine
from ...types import UNSET, Unset


def get_journal_entry(
    journal_entry_id: UUID,
    *,
    lines_page_token: str | Unset = UNSET,
) -> PagedCall[JournalEntry, JournalLine]:
    """A journal entry: GET /journal-entries/{journal_entry_id}

    An entry with its lines in sequence, 1,000 at a time."""

    params: dict[str, Any] = {}

    params["lines_page_token"] = lines_page_token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return PagedCall(
        method="GET",
        path="/journal-entries/{journal_entry_id}".format(
            journal_entry_id=quote(str(journal_entry_id), safe=""),
        ),
        query=params,
        readers={
            200: JournalEntry.from_dict,
        },
        token_name="lines_page_token",
        items_of=lambda page: page.lines,
        token_of=lambda page: page.next_lines_page_token,
    )
