"""Every link of every answer to a posting leads to what it describes: the entry, the loan, the account, the reversal."""

from typing import Any

import httpx
import pytest

from app.conformance.example_scenario import Exchange, example_scenario
from app.conformance.fuzz.plan import Target
from app.contract.document import Contract
from contract_tests.links import link_requests
from contract_tests.sending import answered
from tests.support.administration import ADMINISTRATION, AdminOperation
from tests.support.postings import POSTINGS, Posting


def play_scenario_until(document: dict[str, Any], live: Target, operation_id: str) -> Exchange:
    """Sends the example scenario up to this posting, and returns the posting with its answer."""
    exchanges = example_scenario(document, lambda request: answered(live.url, request, live.token))
    return next(exchange for exchange in exchanges if exchange.request.operation_id == operation_id)


def follow_links(contract: Contract, live: Target, exchange: Exchange) -> set[str]:
    """Follows every link of the answer and returns their names. The reversal comes last, because it undoes what others read."""
    links = sorted(link_requests(contract.document, exchange), key=lambda link: link[0] == "reversal")
    for name, request in links:
        answer = answered(live.url, request, live.token)
        assert answer.is_success, f"{exchange.request} -> {name}: {answer.text}"
        checker = contract.operations[request.operation_id].responses[answer.status_code, answer.headers["content-type"]]
        assert checker.check(answer.json()) is None
        if name in ("entry", "reversed"):
            assert answer.json()["journal_entry_id"] in exchange.answer.text
        elif name == "reversal":
            assert answer.json()["reverses_entry_id"] == exchange.answer.json()["journal_entry_id"]
    return {name for name, _ in links}


@pytest.mark.parametrize("posting", [*POSTINGS, *ADMINISTRATION], ids=str)
def test_every_link_of_a_posting_and_of_its_replay_leads_somewhere(
    posting: Posting | AdminOperation, contract: Contract, live: Target
) -> None:
    first = play_scenario_until(dict(contract.document), live, posting.operation_id)
    assert first.answer.status_code == 201, first.answer.text
    replay = Exchange(first.request, answered(live.url, first.request, live.token))
    assert replay.answer.status_code == httpx.codes.OK
    assert follow_links(contract, live, replay) == follow_links(contract, live, first) == posting.links
