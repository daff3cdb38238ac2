"""`hpts contract check` notices what a deployment takes away: a field, a header, an operation, alone or with its document."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import httpx
import pytest
from werkzeug.wrappers import Request

from app.conformance.checks import CheckStatus, Conformance, Deployment, Verdict
from app.conformance.operation_probes import OperationProbes
from app.contract.operations import each_operation, follow_reference
from contract_tests.tampering import After, one_field_less, relay
from tests.support.client import LedgerClient
from tests.support.databases import Databases
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with databases.fresh("sqlite") as url, running_server(url, tmp_path_factory.mktemp("probed")) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[LedgerClient]:
    with server.client() as made:
        yield made


@pytest.fixture(scope="module")
def loan_id(client: LedgerClient) -> str:
    return client.open_loan()


def probed(url: str, document: dict[str, Any], client: LedgerClient, **options: Any) -> tuple[str, ...]:
    with httpx.Client(base_url=f"{url}/v1", timeout=HANG_SECONDS) as sent:
        result = OperationProbes(document, sent, client.token, **options).run()
    return result.failures + result.unseen


def successes(document: dict[str, Any], method: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The path pattern and the schema of the first success of each operation."""
    for path, each, declared in each_operation(document):
        if each == method:
            status = min(declared["responses"])
            schema = follow_reference(document, declared["responses"][status])["content"]["application/json"]["schema"]
            pattern = "/v1" + path.replace("{loan_id}", "[^/]+").replace("{journal_entry_id}", "[^/]+")
            yield pattern.replace("{account_code}", "[^/]+"), dict(follow_reference(document, schema))


def test_a_sound_deployment_is_seen_to_succeed_in_every_operation(
    server: RunningServer, document: dict[str, Any], client: LedgerClient, loan_id: str
) -> None:
    assert probed(server.url, document, client, loans=(loan_id,)) == ()
    entry_id = client.get(f"/loans/{loan_id}/journal-entries").json()["items"][0]["journal_entry_id"]
    assert probed(server.url, document, client, entries=(entry_id,)) == (), "the entry names its loan"
    assert probed(server.url, document, client, writes=True) == ()


def test_operations_that_never_succeed_are_named(server: RunningServer, document: dict[str, Any]) -> None:
    with server.client() as nobody:
        unseen = probed(server.url, document, nobody)
    assert set(unseen) == {"getLoanBalance", "listLoanJournalEntries", "getJournalEntry"}


def test_a_required_field_that_is_gone_from_a_read_is_noticed(
    server: RunningServer, document: dict[str, Any], client: LedgerClient, loan_id: str
) -> None:
    for path, schema in successes(document, "get"):
        for name in schema["required"]:
            with relay(server.url, after=one_field_less(path, name)) as url:
                assert probed(url, document, client, loans=(loan_id,)), f"{path} without {name}"


def test_a_required_field_that_is_gone_from_the_answer_to_a_posting_is_noticed(
    server: RunningServer, document: dict[str, Any], client: LedgerClient
) -> None:
    for path, schema in successes(document, "post"):
        with relay(server.url, after=one_field_less(path, schema["required"][-1])) as url:
            assert probed(url, document, client, writes=True), path


@pytest.mark.parametrize("header", ["idempotency-replayed", "www-authenticate", "allow", "location", "x-request-trace"])
def test_a_required_header_that_is_gone_is_noticed_without_node(
    server: RunningServer, document: dict[str, Any], client: LedgerClient, header: str
) -> None:
    with relay(server.url, without_headers=[header]) as url:
        assert any(header in each.lower() for each in probed(url, document, client, writes=True))


def verdicts_of(url: str, client: LedgerClient, *loans: str, is_strict: bool = True) -> dict[str, Verdict]:
    """Of the checks that need no other program."""
    conformance = Conformance(Deployment(f"{url}/v1", client.token, loans=loans, is_strict=is_strict))
    return {each.name: each.run() for each in conformance.checks()[:5]}


def failed(found: dict[str, Verdict]) -> set[str]:
    return {name for name, verdict in found.items() if verdict.status is CheckStatus.FAILED}


def served(document: dict[str, Any], otherwise: After = lambda _, answer: answer.content) -> After:
    """This document instead of the deployment's own."""

    def changed(request: Request, answer: httpx.Response) -> bytes:
        return json.dumps(document).encode() if request.path == "/openapi.json" else otherwise(request, answer)

    return changed


def test_a_document_without_two_operations_fails_although_all_that_it_has_works(
    server: RunningServer, document: dict[str, Any], client: LedgerClient, loan_id: str
) -> None:
    smaller = deepcopy(document)
    del smaller["paths"]["/loans/{loan_id}/balance"], smaller["paths"]["/reversals"]
    with relay(server.url, after=served(smaller)) as url:
        found = verdicts_of(url, client, loan_id)
    assert failed(found) == {"document"}
    assert "operation-removed" in " ".join(found["document"].details)


def test_a_document_that_is_broken_like_its_answers_fails_in_both(
    server: RunningServer, document: dict[str, Any], client: LedgerClient, loan_id: str
) -> None:
    broken = deepcopy(document)
    broken["components"]["schemas"]["LoanBalance"]["required"].remove("total_exposure_minor")
    without = one_field_less("/v1/loans/[^/]+/balance", "total_exposure_minor")
    with relay(server.url, after=served(broken, without)) as url:
        assert failed(verdicts_of(url, client, loan_id)) == {"document", "operations"}


def test_a_document_with_more_than_the_program_knows_passes(
    server: RunningServer, document: dict[str, Any], client: LedgerClient, loan_id: str
) -> None:
    larger = deepcopy(document)
    larger["components"]["schemas"]["LoanBalance"]["properties"]["more"] = {"type": "string"}
    with relay(server.url, after=served(larger)) as url:
        assert failed(verdicts_of(url, client, loan_id)) == set()


def test_what_was_never_seen_is_a_warning_and_with_strict_a_failure(server: RunningServer) -> None:
    with server.client() as nobody:
        lenient, strict = (verdicts_of(server.url, nobody, is_strict=each)["operations"] for each in (False, True))
    assert (lenient.status, strict.status) == (CheckStatus.WARNED, CheckStatus.FAILED)
    assert lenient.summary == strict.summary
    assert "getLoanBalance" in strict.summary
    assert "--loan" in strict.summary
