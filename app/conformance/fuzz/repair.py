"""Makes a case that fits the contract fit the ledger too: loans that exist, their borrowers and currencies, possible days.

The contract's schemas cannot say any of this, so nearly all generated postings would be refused for one of these reasons and
nothing behind the refusal would be tried. What a link or an earlier answer named is kept.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from zlib import crc32

from schemathesis import Case

from app.conformance.fuzz.known_state import PRINCIPAL_MINOR, Accepted, World, new_id, today

LARGEST_MINOR: Final = 10_000_000
LOANS_MAX: Final = 20
"""Loans of an accrual; each one is a posting before it."""
Body = dict[str, Any]
AnyCase = Case[Any]


def repair(case: AnyCase, world: World) -> None:
    """Changes `case` in place; of one in six only the key, and of one in 36 not even that, so that refusals are tried as well.

    One in 16 is a posting that was accepted before, sent again.
    """
    chance = crc32(repr((case.path_parameters, case.body)).encode())
    again = world.accepted.get(case.operation.label)
    if again and chance % 16 == 1:
        case.path_parameters, case.body = again.path_parameters, again.body
        case.headers["Idempotency-Key"] = again.key
        return
    if chance % 36 and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = world.own_key(case.headers["Idempotency-Key"])
    if chance % 6 == 0:
        return
    operation_id = case.operation.definition.raw["operationId"]
    if "loan_id" in case.path_parameters:
        case.path_parameters = {**case.path_parameters, "loan_id": world.loan(case.path_parameters["loan_id"]).loan_id}
    if operation_id in BODIES and isinstance(case.body, dict):
        case.body = BODIES[operation_id](case, dict(case.body), world)
    elif operation_id == "getJournalEntry":
        case.path_parameters = {**case.path_parameters, "journal_entry_id": _readable(case, world)}


def remember(case: AnyCase, world: World) -> None:
    """Keeps a posting that was accepted, to be sent again."""
    key = str(case.headers.get("Idempotency-Key"))
    world.accepted[case.operation.label] = Accepted(case.path_parameters, key, case.body)


def name_a_loan(case: AnyCase, loans: tuple[str, ...]) -> None:
    """Of what nothing may be written to, only loans that are there already can be read; one case in six stays as it is."""
    chance = crc32(repr(case.path_parameters).encode())
    if "loan_id" in case.path_parameters and chance % 6:
        case.path_parameters = {**case.path_parameters, "loan_id": loans[chance % len(loans)]}


def without_page_tokens(case: AnyCase) -> None:
    """A page token is made by the server; the schema cannot say which ones are."""
    case.query = {name: value for name, value in case.query.items() if not name.endswith("page_token")}


def _readable(case: AnyCase, world: World) -> str:
    named = str(case.path_parameters.get("journal_entry_id"))
    return named if named.lower() in world.reversible or not world.reversible else next(reversed(world.reversible))


def _payment(_: AnyCase, body: Body, world: World) -> Body:
    loan = world.loan(body["loan_id"])
    named = {"loan_id": loan.loan_id, "borrower_id": loan.borrower_id, "currency": loan.currency}
    return body | named | _amount(body) | {"effective_at": _between(loan.opened, body["effective_at"])}


def _disbursement(_: AnyCase, body: Body, world: World) -> Body:
    known = world.loans.get(str(body["loan_id"]).lower())
    named = {"borrower_id": known.borrower_id, "currency": known.currency} if known else {"loan_id": new_id()}
    return body | named | _amount(body) | {"effective_at": _between(known.opened if known else date.min, body["effective_at"])}


def _fee(case: AnyCase, body: Body, world: World) -> Body:
    loan = world.loan(case.path_parameters["loan_id"])
    return body | {"currency": loan.currency, "effective_at": _between(loan.opened, body["effective_at"])} | _amount(body)


def _reversal(_: AnyCase, body: Body, world: World) -> Body:
    entry_id, day = world.entry(body["reverses_entry_id"])
    return body | {"reverses_entry_id": entry_id, "effective_at": _between(day, body["effective_at"])}


def _accrual(_: AnyCase, body: Body, world: World) -> Body:
    items = body["loans"][:LOANS_MAX]
    day, loans = world.accruable(len(items))
    accrued = [
        item
        | {
            "loan_id": loan.loan_id,
            "outstanding_principal_minor": str(PRINCIPAL_MINOR),
            "interest_minor": _small(item["interest_minor"]),
        }
        for item, loan in zip(items, loans, strict=True)
    ]
    return body | {"accrual_date": day.isoformat(), "loans": accrued}


BODIES: Final[dict[str, Callable[[AnyCase, Body, World], Body]]] = {
    "postPayment": _payment,
    "postDisbursement": _disbursement,
    "postFee": _fee,
    "postReversal": _reversal,
    "postAccrualBatch": _accrual,
}


def _amount(body: Body) -> Body:
    return {"amount_minor": str(int(_small(body["amount_minor"])) or 1)}


def _small(amount_minor: str) -> str:
    return str(int(amount_minor) % LARGEST_MINOR)


def _between(first: date, named: str) -> str:
    """The day that was named, or the nearest one that the ledger takes."""
    return min(max(date.fromisoformat(named), first), today()).isoformat()
