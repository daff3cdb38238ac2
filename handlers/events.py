"""From a request to the business event it asks for, and to the answer: what the handlers of all postings have in common.

The names of a typed body's members are those of the event's facts, both being the contract's.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.currencies import standing_of
from app.edge.call import Answer, Call, location_of
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.disbursement import Disbursement
from app.ledger.events.event import Event
from app.ledger.events.fee import Fee
from app.ledger.events.payment import Payment
from app.ledger.events.reversal import Reversal
from app.ledger.money import require_positive
from app.posting.command import PostingRequest, PostingResult
from app.services import Services

REPLAYED: Final = ((b"idempotency-replayed", b"true"),)


async def post_event(call: Call, services: Services) -> Answer:
    """201 the first time, 200 with the same bytes for every repetition. Raises what `event_of` and `Writer.submit` raise."""
    return _answer_of(await services.writer.submit(_posting_request_of(call), event_of(call)))


def event_of(call: Call) -> Event:
    """The event of an operation and its typed body. Raises AmountNotPositive."""
    return _EVENTS[call.operation_id](call)


def _posting_request_of(call: Call) -> PostingRequest:
    assert call.caller is not None, "a posting has a token"
    return PostingRequest(call.tenant_id, call.caller.actor, call.correlation_id, call.idempotency_key, call.request_hash)


def _answer_of(result: PostingResult) -> Answer:
    if result.replayed:
        return Answer(200, result.body, REPLAYED)
    return Answer(201, result.body, location_of(f"/journal-entries/{result.journal_entry_id}"))


def _payment(call: Call) -> Payment:
    return Payment(**_with_money(call.body))


def _disbursement(call: Call) -> Disbursement:
    return Disbursement(**_with_money(call.body))


def _fee(call: Call) -> Fee:
    return Fee(call.parameters["loan_id"], **_with_money(call.body))


def _accrual(call: Call) -> Accrual:
    return Accrual(**{**call.body, "loans": [AccruedLoan(**loan) for loan in call.body["loans"]]})


def _reversal(call: Call) -> Reversal:
    return Reversal(**call.body)


def _with_money(body: dict[str, Any]) -> dict[str, Any]:
    """The facts of an amount in a currency: it is positive, and the rules are told how the currency stands."""
    require_positive(body["amount_minor"], "/amount_minor")
    return {**body, "currency_standing": standing_of(body["currency"])}


_EVENTS: Final[Mapping[str, Callable[[Call], Event]]] = {
    "postPayment": _payment,
    "postDisbursement": _disbursement,
    "postFee": _fee,
    "postAccrualBatch": _accrual,
    "postReversal": _reversal,
}
