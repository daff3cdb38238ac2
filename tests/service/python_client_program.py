"""What a user of the Python client writes: run by test_python_client.py in an environment that has the client alone.

It takes the server's address and a token, and webhooks to verify, from the environment, and fails where the client does.
"""

import json
import os
from datetime import date
from uuid import uuid4

from hpts_client import Call, Client, Refused, WebhookRefused, WebhookVerifier, api, models

LOAN_ID, BORROWER_ID = uuid4(), uuid4()
TODAY = date.fromisoformat(os.environ["TODAY"])


def payment(amount_minor: str) -> models.PaymentRequest:
    return models.PaymentRequest(
        loan_id=LOAN_ID,
        borrower_id=BORROWER_ID,
        amount_minor=amount_minor,
        currency="USD",
        effective_at=TODAY,
        source_method="ach",
    )


def post_and_replay(client: Client) -> None:
    loan = models.DisbursementRequest(
        loan_id=LOAN_ID, borrower_id=BORROWER_ID, amount_minor="1000000", currency="USD", effective_at=TODAY, method="ach"
    )
    client.send(api.post_disbursement(loan))
    call = api.post_payment(payment("88849"), idempotency_key=f"payment:{LOAN_ID}:1")
    first, second = client.answer(call), client.answer(call)
    assert first.value == second.value
    assert first.value.allocation.principal_minor == "88849"
    assert [(each.status_code, each.is_replayed) for each in (first, second)] == [(201, False), (200, True)]
    assert len(first.trace_id) == 32
    assert client.send(api.get_loan_balance(LOAN_ID)).principal_outstanding_minor == "911151"


def be_refused(client: Client) -> None:
    for body, key, code, fields in (
        (payment("1"), f"payment:{LOAN_ID}:1", "idempotency_mismatch", ["Idempotency-Key"]),
        (payment("01"), None, "validation_failed", ["/amount_minor"]),
        (payment("9223372036854775808"), None, "amount_out_of_range", ["/amount_minor"]),
    ):
        refused = refusal(client, api.post_payment(body, idempotency_key=key))
        assert (refused.code, [each.field for each in refused.errors]) == (code, fields), refused
        assert len(refused.trace_id) == 32


def refusal(client: Client, call: Call[models.PaymentPosted]) -> Refused:
    try:
        client.send(call)
    except Refused as refused:
        return refused
    raise AssertionError(f"{call} was posted")


def page_through(client: Client) -> None:
    for amount_minor in ("1", "2", "3", "4"):
        client.send(api.post_payment(payment(amount_minor)))
    entries = list(client.each(api.list_loan_journal_entries(LOAN_ID, page_size=2)))
    assert [each.lines[0].amount_minor for each in entries] == ["4", "3", "2", "1", "88849", "1000000"]
    loans = [
        models.AccruedLoan(loan_id=LOAN_ID, outstanding_principal_minor="911141", interest_minor="25"),
    ]
    batch = models.AccrualBatchRequest(program_id=uuid4(), accrual_date=TODAY, day_count_convention="ACT_365", loans=loans)
    entry_id = client.send(api.post_accrual_batch(batch)).journal_entry_id
    lines = list(client.each(api.get_journal_entry(entry_id)))
    assert [each.direction for each in lines] == ["DR", "CR"]
    accruals = list(client.each(api.list_loan_journal_entries(LOAN_ID, event_type="accrual")))
    assert [each.journal_entry_id for each in accruals] == [entry_id]


def verify_webhooks() -> None:
    verifier = WebhookVerifier(os.environ["SECRET"])
    for webhook in json.loads(os.environ["WEBHOOKS"]):
        body = webhook["body"].encode()
        assert verifier.verify(webhook["headers"], body).event_type == "payment_received"
        try:
            verifier.verify(webhook["headers"], body + b" ")
        except WebhookRefused:
            continue
        raise AssertionError("a changed body was taken")


if __name__ == "__main__":
    with Client(os.environ["BASE_URL"], os.environ["TOKEN"]) as client:
        assert client.send(api.get_liveness()).status == client.send(api.get_readiness()).status == "ok"
        post_and_replay(client)
        be_refused(client)
        page_through(client)
    verify_webhooks()
    print("done")
