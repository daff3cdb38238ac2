"""A request becomes the event it asks for, and the event's posting the answer: 201 at first, then 200 with the same bytes."""

from datetime import date
from typing import Any

import pytest

from app.ledger.currency import CurrencyStanding
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.disbursement import Disbursement
from app.ledger.events.event import Event
from app.ledger.events.fee import Fee
from app.ledger.events.payment import Payment
from app.ledger.events.reversal import Reversal
from app.ledger.refusals import AmountNotPositive, CurrencyUnknown
from app.posting.command import PostingRequest
from app.posting.refusals import IdempotencyMismatch
from app.refusal import Refusal
from app.services import Services
from handlers.events import REPLAYED, event_of, post_event
from tests.support.events import BORROWER, TODAY, disbursement, new_id
from tests.unit.handlers.tenant_client import ACTOR, DATE, TRACE_ID, TenantClient, disbursement_body, payment_body

LOAN, ENTRY, PROGRAM = new_id(), new_id(), new_id()
METADATA = {"channel": "autopay"}
FEE: dict[str, Any] = {"amount_minor": "9", "currency": "USD", "effective_at": DATE, "description": "late fee"}
ACCRUED = {"loan_id": LOAN, "outstanding_principal_minor": "9", "interest_minor": "0"}
ACCRUAL: dict[str, Any] = {
    "program_id": PROGRAM,
    "accrual_date": DATE,
    "day_count_convention": "ACT_360",
    "loans": [ACCRUED],
}
REVERSAL: dict[str, Any] = {
    "reverses_entry_id": ENTRY,
    "reason_code": "fraud",
    "reason_description": "not the borrower",
    "effective_at": DATE,
}

EVENTS: list[tuple[str, dict[str, Any], dict[str, str], Event]] = [
    (
        "postPayment",
        payment_body(LOAN, 9, external_ref="wire-7", metadata=METADATA),
        {},
        Payment(LOAN, BORROWER, 9, "USD", TODAY, "ach", "wire-7", METADATA),
    ),
    ("postPayment", payment_body(LOAN, 9), {}, Payment(LOAN, BORROWER, 9, "USD", TODAY, "ach")),
    (
        "postDisbursement",
        disbursement_body(LOAN, 9, destination_ref="account-7", metadata=METADATA),
        {},
        Disbursement(LOAN, BORROWER, 9, "USD", TODAY, "ach", "account-7", METADATA),
    ),
    ("postFee", FEE, {"loan_id": LOAN}, Fee(LOAN, 9, "USD", TODAY, "late fee")),
    ("postAccrualBatch", ACCRUAL, {}, Accrual(PROGRAM, TODAY, "ACT_360", [AccruedLoan(LOAN, 9, 0)])),
    ("postReversal", REVERSAL, {}, Reversal(ENTRY, "fraud", "not the borrower", TODAY)),
    ("postReversal", REVERSAL | {"metadata": METADATA}, {}, Reversal(ENTRY, "fraud", "not the borrower", TODAY, METADATA)),
]


@pytest.mark.parametrize(("operation_id", "body", "parameters", "event"), EVENTS)
async def test_a_request_is_the_event_with_its_facts(
    tenant_client: TenantClient, operation_id: str, body: dict[str, Any], parameters: dict[str, str], event: Event
) -> None:
    assert event_of(tenant_client.call(operation_id, body, **parameters)) == event


@pytest.mark.parametrize(
    ("operation_id", "body", "parameters"),
    [
        ("postPayment", payment_body(LOAN, 0), {}),
        ("postDisbursement", disbursement_body(LOAN, 0), {}),
        ("postFee", FEE | {"amount_minor": "0"}, {"loan_id": LOAN}),
    ],
)
async def test_money_that_moves_is_more_than_nothing(
    tenant_client: TenantClient, operation_id: str, body: dict[str, Any], parameters: dict[str, str]
) -> None:
    with pytest.raises(AmountNotPositive) as refused:
        event_of(tenant_client.call(operation_id, body, **parameters))
    assert [error.field for error in refused.value.field_errors] == ["/amount_minor"]


async def test_a_repeated_request_is_answered_with_the_bytes_of_the_first(tenant_client: TenantClient) -> None:
    call = tenant_client.call("postDisbursement", disbursement_body(LOAN), "disbursement:loan-7")
    first, posted = await tenant_client.ask(post_event, call)
    again, _ = await tenant_client.ask(post_event, call)
    location = f"/v1/journal-entries/{posted['journal_entry_id']}".encode()
    assert (first.status, first.headers) == (201, ((b"location", location),))
    assert (again.status, again.headers) == (200, REPLAYED)
    assert first.body == again.body


async def test_a_key_that_is_used_for_another_request_is_refused(tenant_client: TenantClient) -> None:
    await tenant_client.ask(post_event, tenant_client.call("postDisbursement", disbursement_body(LOAN, 9), "disbursement:loan-7"))
    other = tenant_client.call("postDisbursement", disbursement_body(LOAN, 8), "disbursement:loan-7")
    with pytest.raises(IdempotencyMismatch):
        await tenant_client.ask(post_event, other)


async def test_the_entry_names_the_caller_and_the_trace_of_its_request(tenant_client: TenantClient) -> None:
    _, posted = await tenant_client.ask(post_event, tenant_client.call("postDisbursement", disbursement_body(LOAN)))
    entry, _ = await tenant_client.services.reads.entry(tenant_client.tenant_id, posted["journal_entry_id"], None)
    assert entry.actor == ACTOR
    assert entry.correlation_id.replace("-", "") == TRACE_ID


async def test_a_refused_event_is_refused_to_the_caller_and_posts_nothing(tenant_client: TenantClient) -> None:
    await tenant_client.ask(post_event, tenant_client.call("postDisbursement", disbursement_body(LOAN)))
    late = disbursement_body(LOAN) | {"effective_at": date(2199, 1, 1).isoformat()}
    with pytest.raises(Refusal) as refused:
        await tenant_client.ask(post_event, tenant_client.call("postDisbursement", late))
    assert refused.value.code == "effective_date_in_future"
    balance = await tenant_client.services.reads.loan_balance(tenant_client.tenant_id, LOAN, TODAY)
    assert balance.principal_minor == 100_000


@pytest.mark.parametrize(
    ("currency", "standing"),
    [("EUR", CurrencyStanding.CURRENT), ("DEM", CurrencyStanding.WITHDRAWN), ("ZZZ", CurrencyStanding.UNKNOWN)],
)
async def test_the_rules_are_told_how_the_currency_stands(
    tenant_client: TenantClient, currency: str, standing: CurrencyStanding
) -> None:
    requests: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("postPayment", payment_body(LOAN, 9), {}),
        ("postDisbursement", disbursement_body(LOAN), {}),
        ("postFee", FEE, {"loan_id": LOAN}),
    ]
    for operation_id, body, path in requests:
        event = event_of(tenant_client.call(operation_id, body | {"currency": currency}, **path))
        assert isinstance(event, Payment | Disbursement | Fee)
        assert event.currency_standing is standing


async def test_a_loan_in_a_currency_that_was_withdrawn_since_is_served_to_its_end(
    tenant_client: TenantClient, services: Services
) -> None:
    marks: dict[str, Any] = {"currency": "DEM"}
    opened = disbursement(LOAN, 100, currency="DEM")
    request = PostingRequest(tenant_client.tenant_id, ACTOR, new_id(), "loan-in-marks", b"x")
    await services.writer.submit(request, opened)
    requests: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("postDisbursement", disbursement_body(LOAN, 5, **marks), {}),
        ("postFee", FEE | marks, {"loan_id": LOAN}),
        ("postPayment", payment_body(LOAN, 114, **marks), {}),
    ]
    for operation_id, body, path in requests:
        answer, _ = await tenant_client.ask(post_event, tenant_client.call(operation_id, body, **path))
        assert answer.status == 201
    with pytest.raises(CurrencyUnknown):
        await tenant_client.ask(post_event, tenant_client.call("postDisbursement", disbursement_body(new_id(), **marks)))
