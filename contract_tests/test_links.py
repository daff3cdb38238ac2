"""Every link of every answer to a posting leads to what it says: the entry, the loan, the account, and the way back."""

from typing import Any

import httpx
import pytest

from app.conformance.example_scenario import Told, story
from app.conformance.fuzz.plan import Target
from app.contract.document import Contract, load
from app.contract.operations import each_operation
from contract_tests.links import followed
from contract_tests.sending import answered

POSTINGS = [operation["operationId"] for _, method, operation in each_operation(load().document) if method == "post"]
READS = {
    "postPayment": {"entry", "balance", "history", "principal", "reversal"},
    "postDisbursement": {"entry", "balance", "history", "principal", "reversal"},
    "postFee": {"entry", "balance", "history", "fees", "reversal"},
    "postAccrualBatch": {"entry", "balance", "history", "reversal"},
    "postReversal": {"entry", "reversed"},
}
"""The links of each posting."""


def told_until(document: dict[str, Any], live: Target, operation_id: str) -> Told:
    """The story of the examples, up to this posting."""
    tale = story(document, lambda request: answered(live.url, request, live.token))
    return next(told for told in tale if told.request.operation_id == operation_id)


def reached(contract: Contract, live: Target, told: Told) -> set[str]:
    """Names of the links of an answer, each of which was followed; the reversal last, since the others read what it undoes."""
    links = sorted(followed(contract.document, told), key=lambda link: link[0] == "reversal")
    for name, request in links:
        answer = answered(live.url, request, live.token)
        assert answer.is_success, f"{told.request} -> {name}: {answer.text}"
        checker = contract.operations[request.operation_id].responses[answer.status_code, answer.headers["content-type"]]
        assert checker.check(answer.json()) is None
        if name in ("entry", "reversed"):
            assert answer.json()["journal_entry_id"] in told.answer.text
        elif name == "reversal":
            assert answer.json()["reverses_entry_id"] == told.answer.json()["journal_entry_id"]
    return {name for name, _ in links}


@pytest.mark.parametrize("operation_id", POSTINGS)
def test_every_link_of_a_posting_and_of_its_replay_leads_somewhere(operation_id: str, contract: Contract, live: Target) -> None:
    told = told_until(dict(contract.document), live, operation_id)
    assert told.answer.status_code == 201, told.answer.text
    again = Told(told.request, answered(live.url, told.request, live.token))
    assert again.answer.status_code == httpx.codes.OK
    assert reached(contract, live, again) == reached(contract, live, told) == READS[operation_id]
