"""Disbursements to borrowers; the first one opens a loan."""

from datetime import date

from app.edge.call import Answer, Call
from app.ledger.disbursement import Disbursement
from app.ledger.money import parse_positive_amount
from app.services import Ledger
from handlers.answers import origin, posted


async def post_disbursement(call: Call, ledger: Ledger) -> Answer:
    body = call.body
    disbursement = Disbursement(
        loan_id=body["loan_id"].lower(),
        borrower_id=body["borrower_id"].lower(),
        amount_minor=parse_positive_amount(body["amount_minor"], "/amount_minor"),
        currency=body["currency"],
        effective_at=date.fromisoformat(body["effective_at"]),
        method=body["method"],
        destination_ref=body.get("destination_ref"),
        metadata=body.get("metadata"),
    )
    return posted(await ledger.posting.submit(origin(call), disbursement))
