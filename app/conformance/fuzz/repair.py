"""Changes a generated case so that the ledger can accept it: an existing loan, its borrower and currency, a possible date.

The schemas of the contract cannot express these conditions. Without repair nearly all generated postings would be refused for
one of them, and nothing that comes after these refusals would be tried. Ids that come from a link or an earlier answer are kept.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from zlib import crc32

from schemathesis import Case

from app import clock
from app.conformance.fuzz.known_state import ENDPOINT_URL, PRINCIPAL_MINOR, AcceptedPosting, KnownLoan, KnownState, new_id
from app.contract.formats import moment_of

LARGEST_MINOR: Final = 10_000_000
REDELIVERY: Final = "redeliverJournalEntries"
FIRST_MOMENT: Final = "2000-01-01T00:00:00Z"
LAST_MOMENT: Final = "9999-12-31T23:59:59Z"
ACCRUED_LOANS_MAX: Final = 20
"""Loans in one accrual batch, because each of them may have to be opened first."""
Body = dict[str, Any]
AnyCase = Case[Any]


def repair(case: AnyCase, state: KnownState) -> None:
    """Changes `case` in place, except that some cases stay partly as generated, so that refusals are tried as well.

    By chance, one case in 16 becomes a replay of a posting that was accepted before, one in 6 gets only an unused key, and
    one in 36 is not changed.
    """
    chance = crc32(repr((case.path_parameters, case.body)).encode())
    operation_id = case.operation.definition.raw["operationId"]
    if operation_id == REDELIVERY:
        case.body = _one_form(case.body)
    accepted = state.accepted.get(case.operation.label)
    if accepted and chance % 16 == 1:
        case.path_parameters, case.body = accepted.path_parameters, accepted.body
        case.headers["Idempotency-Key"] = accepted.key
        return
    if chance % 36 and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = state.unused_key(case.headers["Idempotency-Key"])
    if chance % 6 == 0:
        return
    if "webhook_endpoint_id" in case.path_parameters:
        _use_endpoint_in_path(case, state)
    if isinstance(case.body, dict):
        case.body = BODY_REPAIRS.get(operation_id, _repair_loan_event)(case, dict(case.body), state)
    elif "loan_id" in case.path_parameters:
        _use_loan_in_path(case, state.find_or_open_loan(case.path_parameters["loan_id"]))
    elif operation_id == "getJournalEntry":
        case.path_parameters = {**case.path_parameters, "journal_entry_id": _existing_entry_id(case, state)}


def remember(case: AnyCase, state: KnownState) -> None:
    """Keeps an accepted posting, so that `repair` can send it again."""
    key = str(case.headers.get("Idempotency-Key"))
    state.accepted[case.operation.label] = AcceptedPosting(case.path_parameters, key, case.body)


def use_existing_loan(case: AnyCase, loans: tuple[str, ...]) -> None:
    """For runs that may not write: puts one of `loans` into the path, except in one case in six."""
    chance = crc32(repr(case.path_parameters).encode())
    if "loan_id" in case.path_parameters and chance % 6:
        case.path_parameters = {**case.path_parameters, "loan_id": loans[chance % len(loans)]}


def remove_page_tokens(case: AnyCase) -> None:
    """Only the server can make a page token that it accepts, which the schema cannot express."""
    case.query = {name: value for name, value in case.query.items() if not name.endswith("page_token")}


def _use_endpoint_in_path(case: AnyCase, state: KnownState) -> None:
    endpoint_id = state.find_or_make_endpoint(case.path_parameters["webhook_endpoint_id"])
    case.path_parameters = {**case.path_parameters, "webhook_endpoint_id": endpoint_id}


def _one_form(body: Any) -> Body:
    """One entry or a time, which the schema cannot express; a time that is missing is that of all entries."""
    if "journal_entry_id" in body:
        return {"journal_entry_id": body["journal_entry_id"]}
    first, last = sorted((body.get("posted_from", FIRST_MOMENT), body.get("posted_to", LAST_MOMENT)), key=moment_of)
    return {"posted_from": first, "posted_to": last}


def _repair_new_endpoint(_: AnyCase, body: Body, state: KnownState) -> Body:
    state.make_room_for_endpoint()
    return body | {"url": ENDPOINT_URL}


def _repair_redelivery(_: AnyCase, body: Body, state: KnownState) -> Body:
    known = next(reversed(state.reversible), None)
    return body | {"journal_entry_id": known} if "journal_entry_id" in body and known else body


def _keep(_: AnyCase, body: Body, __: KnownState) -> Body:
    return body


def _use_loan_in_path(case: AnyCase, loan: KnownLoan) -> None:
    case.path_parameters = {**case.path_parameters, "loan_id": loan.loan_id}


def _existing_entry_id(case: AnyCase, state: KnownState) -> str:
    generated = str(case.path_parameters.get("journal_entry_id"))
    if generated.lower() in state.reversible or not state.reversible:
        return generated
    return next(reversed(state.reversible))


def _repair_payment(_: AnyCase, body: Body, state: KnownState) -> Body:
    loan = state.find_or_open_loan(body["loan_id"])
    facts = {"loan_id": loan.loan_id, "borrower_id": loan.borrower_id, "currency": loan.currency}
    return body | facts | _smaller_amount(body) | {"effective_at": _possible_date(loan.opened_on, body["effective_at"])}


def _repair_disbursement(_: AnyCase, body: Body, state: KnownState) -> Body:
    loan = state.loans.get(str(body["loan_id"]).lower())
    if loan:
        facts = {"borrower_id": loan.borrower_id, "currency": loan.currency}
    else:
        facts = {"loan_id": new_id(), "currency": state.any_currency()}
    opened_on = loan.opened_on if loan else date.min
    return body | facts | _smaller_amount(body) | {"effective_at": _possible_date(opened_on, body["effective_at"])}


def _repair_loan_event(case: AnyCase, body: Body, state: KnownState) -> Body:
    """Any other event of one loan, which owes interest and fees, so that the event may add to a balance or take from it."""
    loan_id = case.path_parameters.get("loan_id") or body.get("loan_id")
    loan = state.loans.get(str(loan_id).lower()) or state.indebted_loan()
    if "loan_id" in case.path_parameters:
        _use_loan_in_path(case, loan)
    facts = {"loan_id": loan.loan_id, "borrower_id": loan.borrower_id, "currency": loan.currency}
    if "effective_at" in body:
        facts["effective_at"] = _possible_date(loan.opened_on, body["effective_at"])
    if "amount_minor" in body:
        facts |= _smaller_amount(body)
    return body | {name: value for name, value in facts.items() if name in body}


def _repair_reversal(_: AnyCase, body: Body, state: KnownState) -> Body:
    entry_id, effective_on = state.find_or_post_reversible_entry(body["reverses_entry_id"])
    return body | {"reverses_entry_id": entry_id, "effective_at": _possible_date(effective_on, body["effective_at"])}


def _repair_accrual(_: AnyCase, body: Body, state: KnownState) -> Body:
    items = body["loans"][:ACCRUED_LOANS_MAX]
    accrual_date, loans = state.loans_to_accrue(len(items))
    accrued = [
        item
        | {
            "loan_id": loan.loan_id,
            "outstanding_principal_minor": str(PRINCIPAL_MINOR),
            "interest_minor": _limit_amount(item["interest_minor"]),
        }
        for item, loan in zip(items, loans, strict=True)
    ]
    return body | {"accrual_date": accrual_date.isoformat(), "loans": accrued}


BODY_REPAIRS: Final[dict[str, Callable[[AnyCase, Body, KnownState], Body]]] = {
    "postPayment": _repair_payment,
    "postDisbursement": _repair_disbursement,
    "postReversal": _repair_reversal,
    "postAccrualBatch": _repair_accrual,
    "createWebhookEndpoint": _repair_new_endpoint,
    "rotateWebhookEndpointSecret": _keep,
    "disableWebhookEndpoint": _keep,
    "enableWebhookEndpoint": _keep,
    REDELIVERY: _repair_redelivery,
}


def _smaller_amount(body: Body) -> Body:
    return {"amount_minor": str(int(_limit_amount(body["amount_minor"])) or 1)}


def _limit_amount(amount_minor: str) -> str:
    return str(int(amount_minor) % LARGEST_MINOR)


def _possible_date(first: date, generated: str) -> str:
    """The generated date if it is between `first` and today, else the nearer of these two."""
    return min(max(date.fromisoformat(generated), first), clock.today()).isoformat()
