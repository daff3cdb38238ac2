"""What is posted on a loan by the lender itself."""

from datetime import date

from app.edge.call import Answer, Call
from app.ledger.fee import Fee
from app.ledger.money import parse_positive_amount
from app.services import Ledger
from handlers.answers import origin, posted


async def post_fee(call: Call, ledger: Ledger) -> Answer:
    body = call.body
    fee = Fee(
        loan_id=call.parameters["loan_id"],
        amount_minor=parse_positive_amount(body["amount_minor"], "/amount_minor"),
        currency=body["currency"],
        effective_at=date.fromisoformat(body["effective_at"]),
        description=body["description"],
    )
    return posted(await ledger.posting.submit(origin(call), fee))
