"""Journal entries: one with its lines, a loan's history, or all of a tenant that match filters."""

from typing import Any

from app import clock
from app.edge.call import Answer, Call
from app.reads.service import HistoryPage
from app.services import Services
from app.store.queries.journal import HistoryFilter, JournalEntryView, JournalLineView
from app.store.queries.journal_search import JournalFilter
from handlers.answers import without_absent


async def list_loan_journal_entries(call: Call, services: Services) -> Answer:
    asked = call.parameters
    matching = HistoryFilter(asked.get("from_date"), asked.get("to_date"), asked.get("event_type"))
    page = await services.reads.loan_entries(
        call.tenant_id, asked["loan_id"], matching, asked["page_size"], asked.get("page_token")
    )
    return _page_answer(page)


async def list_journal_entries(call: Call, services: Services) -> Answer:
    asked = dict(call.parameters)
    page_size, page_token = asked.pop("page_size"), asked.pop("page_token", None)
    page = await services.reads.entries(call.tenant_id, JournalFilter(**asked), page_size, page_token)
    return _page_answer(page)


async def get_journal_entry(call: Call, services: Services) -> Answer:
    asked = call.parameters
    entry, token = await services.reads.entry(call.tenant_id, asked["journal_entry_id"], asked.get("lines_page_token"))
    return Answer(200, without_absent({**_entry_members(entry), "next_lines_page_token": token}))


def _page_answer(page: HistoryPage) -> Answer:
    items = [_entry_members(entry) for entry in page.entries]
    return Answer(200, without_absent({"items": items, "next_page_token": page.next_page_token}))


def _entry_members(entry: JournalEntryView) -> dict[str, Any]:
    return without_absent(
        {
            "journal_entry_id": entry.journal_entry_id,
            "event_id": entry.event_id,
            "event_type": entry.event_type,
            "effective_at": entry.effective_at.isoformat(),
            "posted_at": clock.timestamp(entry.posted_at),
            "lines": [_line_members(line) for line in entry.lines],
            "correlation_id": entry.correlation_id,
            "reverses_entry_id": entry.reverses_entry_id,
            "reversed_by_entry_id": entry.reversed_by_entry_id,
            "description": entry.description,
            "actor": entry.actor,
            "idempotency_key": entry.idempotency_key,
            "details": entry.details,
            "lines_truncated": entry.is_truncated or None,
        }
    )


def _line_members(line: JournalLineView) -> dict[str, Any]:
    return without_absent(
        {
            "sequence": line.sequence,
            "account_code": line.account_code,
            "direction": line.direction,
            "amount_minor": str(line.amount_minor),
            "currency": line.currency,
            "layer": line.layer,
            "loan_id": line.loan_id,
            "borrower_id": line.borrower_id,
            "external_ref": line.external_ref,
        }
    )
