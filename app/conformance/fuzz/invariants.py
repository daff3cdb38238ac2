"""What holds for every answer of a ledger, whatever was asked. Each method raises AssertionError with what it found."""

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import yaml
from schemathesis.core.transport import Response

from app.conformance.fuzz.plan import Plan
from app.conformance.fuzz.wire import Wire
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.routing_view import BASE_PATH
from app.ledger.chart import STANDARD_CHART

POSTED: Final = (200, 201)
OF_ONE_POSTING: Final = frozenset({"date", "content-length", "idempotency-replayed"})
"""Headers in which a replay may differ."""


class Invariants:
    """The invariants of the deployment that the plan is about."""

    def __init__(self, plan: Plan, wire: Wire) -> None:
        document = yaml.safe_load(Path(plan.document).read_text("utf-8"))
        self._plan, self._wire = plan, wire
        self._codes = frozenset(document["components"]["schemas"]["ProblemCode"]["enum"])
        self._second_opinion = OpenApiCoreValidator(document)

    def problem_is_catalogued(self, response: Response) -> None:
        """Every failure is a problem document with a code of the catalogue; readiness alone answers 503 in its own shape."""
        is_readiness = self._path(response) == "/health/ready" and response.status_code == 503
        if response.status_code < 400 or response.request.method == "HEAD" or is_readiness:
            return
        assert response.headers.get("content-type") == ["application/problem+json"], f"{response.headers.get('content-type')}"
        problem = json.loads(response.content)
        assert problem["code"] in self._codes, f"unknown code {problem['code']!r}"
        assert problem["status"] == response.status_code, f"status {problem['status']} in the body of a {response.status_code}"
        assert problem["type"].endswith(f"/problems/{problem['code']}"), f"type {problem['type']!r} of {problem['code']}"

    def openapi_core_agrees(self, response: Response) -> None:
        """openapi-core, which shares no code with the server's own check, finds the answer in the document."""
        request = response.request
        headers = [(name.encode(), value.encode("latin-1")) for name, values in response.headers.items() for value in values]
        found = self._second_opinion.check_response(
            str(request.method), BASE_PATH + self._path(response), b"", response.status_code, headers, response.content
        )
        assert found is None, found

    def replay_is_identical(self, response: Response) -> None:
        """The same posting again is answered 200 with the same bytes, and says that it is a replay."""
        if response.request.method != "POST" or response.status_code not in POSTED:
            return
        replay = self._wire.send(response.request)
        assert replay.status_code == 200, f"the replay was answered {replay.status_code}: {replay.content[:500]!r}"
        assert replay.headers.get("idempotency-replayed") == ["true"], "the replay does not say so"
        assert replay.content == response.content, f"{response.content!r} became {replay.content!r}"
        changed = [
            each
            for each in {*response.headers, *replay.headers} - OF_ONE_POSTING
            if response.headers.get(each) != replay.headers.get(each)
        ]
        assert not changed, f"headers of the replay differ: {changed}"

    def trial_balance_is_zero(self, response: Response) -> None:
        """After a posting, all accounts together have been debited as much as credited, in the posting's currency."""
        if response.request.method != "POST" or response.status_code != 201:
            return
        currency = self._currency(response)
        balances = [
            json.loads(self._wire.get(f"/accounts/{code}/balance", currency=currency).content) for code in STANDARD_CHART.codes()
        ]
        debits, credits = (sum(int(each[side]) for each in balances) for side in ("dr_balance_minor", "cr_balance_minor"))
        assert debits == credits, f"{currency}: {debits} debited, {credits} credited"

    def stranger_sees_nothing(self, response: Response) -> None:
        """Another tenant's token gets for the loan or the entry exactly what it gets for one that nobody has."""
        if self._plan.stranger is None or response.status_code not in POSTED:
            return
        for path in self._objects(response):
            seen = self._wire.get(path, self._plan.stranger)
            assert seen.status_code == 404, f"{path} was answered {seen.status_code} to another tenant: {seen.content[:500]!r}"
            assert json.loads(seen.content)["code"] == "not_found", f"{path}: {seen.content[:500]!r}"

    def _objects(self, response: Response) -> list[str]:
        answer = _object(response.content)
        if response.request.method == "POST":
            loan_id = _object(response.request.body or b"").get("loan_id")
            loans = [f"/loans/{loan_id}/balance"] if loan_id else []
            return [f"/journal-entries/{answer['journal_entry_id']}", *loans]
        path = self._path(response)
        return [path] if path.startswith(("/loans/", "/journal-entries/")) else []

    def _currency(self, response: Response) -> str:
        entry_id = _object(response.content)["journal_entry_id"]
        lines = _object(self._wire.get(f"/journal-entries/{entry_id}").content)["lines"]
        return str(lines[0]["currency"]) if lines else "USD"

    def _path(self, response: Response) -> str:
        return unquote(urlsplit(response.request.url or "").path).removeprefix(urlsplit(self._plan.target.url).path)


def _object(content: Any) -> dict[str, Any]:
    """The body as an object; empty where it is none."""
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
