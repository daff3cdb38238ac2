"""Invariants of every answer of a ledger, whatever the request was. Each method raises AssertionError with what it found."""

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import yaml
from schemathesis.core.transport import Response

from app.conformance.example_scenario import ENDPOINT_ID
from app.conformance.fuzz.deployment_client import DeploymentClient
from app.conformance.fuzz.plan import Plan
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.routing_view import BASE_PATH
from app.ledger.chart import STANDARD_CHART

ENTRY_ID: Final = "journal_entry_id"
POSTED_STATUSES: Final = (200, 201)
HEADERS_OF_REPLAYS: Final = frozenset({"date", "content-length", "idempotency-replayed", "location", "x-request-trace"})
"""Headers in which a replay may differ from the first answer."""


class Invariants:
    """The invariants of the deployment that is the target of the plan."""

    def __init__(self, plan: Plan, client: DeploymentClient) -> None:
        document = yaml.safe_load(Path(plan.document).read_text("utf-8"))
        self._plan, self._client = plan, client
        self._codes = frozenset(document["components"]["schemas"]["ProblemCode"]["enum"])
        self._openapi_core_validator = OpenApiCoreValidator(document)

    def problem_is_catalogued(self, response: Response) -> None:
        """Every failure is a problem document with a code of the catalogue, except the 503 of the readiness probe."""
        is_readiness = self._path(response) == "/health/ready" and response.status_code == 503
        if response.status_code < 400 or response.request.method == "HEAD" or is_readiness:
            return
        assert response.headers.get("content-type") == ["application/problem+json"], f"{response.headers.get('content-type')}"
        problem = json.loads(response.content)
        assert problem["code"] in self._codes, f"unknown code {problem['code']!r}"
        assert problem["status"] == response.status_code, f"status {problem['status']} in the body of a {response.status_code}"
        assert problem["type"].endswith(f"/problems/{problem['code']}"), f"type {problem['type']!r} of {problem['code']}"

    def openapi_core_agrees(self, response: Response) -> None:
        """The answer conforms to the document by openapi-core, which shares no code with the server's own response check."""
        request = response.request
        headers = [(name.encode(), value.encode("latin-1")) for name, values in response.headers.items() for value in values]
        found = self._openapi_core_validator.check_response(
            str(request.method), BASE_PATH + self._path(response), b"", response.status_code, headers, response.content
        )
        assert found is None, found

    def replay_is_identical(self, response: Response) -> None:
        """The same posting sent again is answered 200 with the same bytes and marked as a replay."""
        if response.request.method != "POST" or response.status_code not in POSTED_STATUSES:
            return
        replay = self._client.send(response.request)
        assert replay.status_code == 200, f"the replay was answered {replay.status_code}: {replay.content[:500]!r}"
        assert replay.headers.get("idempotency-replayed") == ["true"], "the replay does not say so"
        assert replay.content == response.content, f"{response.content!r} became {replay.content!r}"
        changed = [
            each
            for each in {*response.headers, *replay.headers} - HEADERS_OF_REPLAYS
            if response.headers.get(each) != replay.headers.get(each)
        ]
        assert not changed, f"headers of the replay differ: {changed}"

    def trial_balance_is_zero(self, response: Response) -> None:
        """After a posting, the debits and the credits of all accounts are equal in the currency of the posting."""
        if response.request.method != "POST" or response.status_code != 201 or ENTRY_ID not in _json_object(response.content):
            return
        currency = self._currency(response)
        balances = [
            json.loads(self._client.get(f"/accounts/{code}/balance", currency=currency).content)
            for code in STANDARD_CHART.codes()
        ]
        debits, credits = (sum(int(each[side]) for each in balances) for side in ("dr_balance_minor", "cr_balance_minor"))
        assert debits == credits, f"{currency}: {debits} debited, {credits} credited"

    def other_tenant_sees_nothing(self, response: Response) -> None:
        """With a token of another tenant, the loan and the entry of the answer are not found."""
        if self._plan.other_tenant_token is None or response.status_code not in POSTED_STATUSES:
            return
        for path in self._paths_of_objects(response):
            seen = self._client.get(path, self._plan.other_tenant_token)
            assert seen.status_code == 404, f"{path} was answered {seen.status_code} to another tenant: {seen.content[:500]!r}"
            assert json.loads(seen.content)["code"] == "not_found", f"{path}: {seen.content[:500]!r}"

    def _paths_of_objects(self, response: Response) -> list[str]:
        answer = _json_object(response.content)
        if response.request.method == "POST":
            loan_id = _json_object(response.request.body or b"").get("loan_id")
            loans = [f"/loans/{loan_id}/balance"] if loan_id else []
            entries = [f"/journal-entries/{answer[ENTRY_ID]}"] if ENTRY_ID in answer else []
            endpoints = [f"/webhook-endpoints/{answer[ENDPOINT_ID]}"] if ENDPOINT_ID in answer else []
            return [*entries, *loans, *endpoints]
        path = self._path(response)
        return [path] if path.startswith(("/loans/", "/journal-entries/", "/webhook-endpoints/")) else []

    def _currency(self, response: Response) -> str:
        entry_id = _json_object(response.content)[ENTRY_ID]
        lines = _json_object(self._client.get(f"/journal-entries/{entry_id}").content)["lines"]
        return str(lines[0]["currency"]) if lines else "USD"

    def _path(self, response: Response) -> str:
        return unquote(urlsplit(response.request.url or "").path).removeprefix(urlsplit(self._plan.target.url).path)


def _json_object(content: Any) -> dict[str, Any]:
    """The body as a JSON object; empty if it is not one."""
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
