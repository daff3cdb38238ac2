"""Journal entries: one with its lines, or a loan's history."""

from typing import Any

from app import clock
from app.edge.call import Answer, Call
from app.services import Ledger
from app.store.journal import HistoryFilter, RecordedEntry, RecordedLine
from handlers.answers import present


async def list_loan_journal_entries(call: Call, ledger: Ledger) -> Answer:
    asked = call.parameters
    matching = HistoryFilter(asked.get("from_date"), asked.get("to_date"), asked.get("event_type"))
    page = await ledger.reads.loan_entries(
        call.tenant_id, asked["loan_id"], matching, asked["page_size"], asked.get("page_token")
    )
    items = [_entry(entry) for entry in page.entries]
    return Answer(200, present({"items": items, "next_page_token": page.next_page_token}))


async def get_journal_entry(call: Call, ledger: Ledger) -> Answer:
    asked = call.parameters
    entry, token = await ledger.reads.entry(call.tenant_id, asked["journal_entry_id"], asked.get("lines_page_token"))
    return Answer(200, present({**_entry(entry), "next_lines_page_token": token}))


def _entry(entry: RecordedEntry) -> dict[str, Any]:
    return present(
        {
            "journal_entry_id": entry.journal_entry_id,
            "event_type": entry.event_type,
            "effective_at": entry.effective_at.isoformat(),
            "posted_at": clock.timestamp(entry.posted_at),
            "lines": [_line(line) for line in entry.lines],
            "correlation_id": entry.correlation_id,
            "reverses_entry_id": entry.reverses_entry_id,
            "reversed_by_entry_id": entry.reversed_by_entry_id,
            "description": entry.description,
            "actor": entry.actor,
            "lines_truncated": entry.is_truncated or None,
        }
    )


def _line(line: RecordedLine) -> dict[str, Any]:
    return present(
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
