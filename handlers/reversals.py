"""Reversals of journal entries."""

from datetime import date

from app.edge.call import Answer, Call
from app.ledger.reversal import Reversal
from app.services import Ledger
from handlers.answers import origin, posted


async def post_reversal(call: Call, ledger: Ledger) -> Answer:
    body = call.body
    reversal = Reversal(
        reverses_entry_id=body["reverses_entry_id"].lower(),
        reason_code=body["reason_code"],
        reason_description=body["reason_description"],
        effective_at=date.fromisoformat(body["effective_at"]),
        metadata=body.get("metadata"),
    )
    return posted(await ledger.posting.submit(origin(call), reversal))
