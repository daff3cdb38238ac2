"""Payments on loans."""

from datetime import date

from app.edge.call import Answer, Call
from app.ledger.money import parse_positive_amount
from app.ledger.payment import Payment
from app.services import Ledger
from handlers.answers import origin, posted


async def post_payment(call: Call, ledger: Ledger) -> Answer:
    body = call.body
    payment = Payment(
        loan_id=body["loan_id"].lower(),
        borrower_id=body["borrower_id"].lower(),
        amount_minor=parse_positive_amount(body["amount_minor"], "/amount_minor"),
        currency=body["currency"],
        effective_at=date.fromisoformat(body["effective_at"]),
        source_method=body["source_method"],
        external_ref=body.get("external_ref"),
        metadata=body.get("metadata"),
    )
    return posted(await ledger.posting.submit(origin(call), payment))
