"""openapi-core's webhook validator and the compiled validator agree on every body that is sent to a webhook."""

import json
from typing import Any

import pytest

from app.contract.document import Contract
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.validators import Checker
from contract_tests.derived.validators import check_request
from tests.support.schema_cases.roots import DOCUMENT, Root, at_exactly, corpus, roots

NAME = "journalEntryPosted"
WEBHOOKS = [root for root in roots() if root.kind == "webhook"]
POSTED = DOCUMENT["components"]["schemas"]["JournalEntryPosted"]["examples"][0]
JSON = ((b"content-type", b"application/json"),)


@pytest.fixture(scope="module")
def openapi_core(contract: Contract) -> OpenApiCoreValidator:
    return OpenApiCoreValidator(contract.document)


def test_every_webhook_has_cases() -> None:
    assert [root.uses[0].path for root in WEBHOOKS] == list(DOCUMENT["webhooks"]) == [NAME]


@pytest.mark.parametrize("root", WEBHOOKS, ids=lambda root: root.uses[0].path)
def test_both_validators_agree_with_the_making_of_every_body(root: Root, openapi_core: OpenApiCoreValidator) -> None:
    checker = Checker(at_exactly(DOCUMENT, root.pointer)["schema"], DOCUMENT["components"])
    verdicts = set()
    for case in corpus(root):
        compiled_error, core_error = checker.check(case.value), check_request(openapi_core, root, case.value)
        assert (compiled_error is None, core_error is None) == (case.is_valid, case.is_valid), (
            f"{compiled_error} but {core_error} on {case}"
        )
        verdicts.add(case.is_valid)
    assert verdicts == {True, False}


@pytest.mark.parametrize("example", [POSTED, DOCUMENT["components"]["examples"]["JournalEntryPosted"]["value"]])
def test_the_example_is_accepted(example: Any, openapi_core: OpenApiCoreValidator) -> None:
    assert openapi_core.check_webhook(NAME, json.dumps(example).encode(), JSON) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [({"event_type": "posted"}, "/event_type"), ({"tenant_id": "1"}, "/tenant_id"), ({"amount_minor": "1"}, "amount_minor")],
)
def test_a_broken_body_is_told_its_place(change: dict[str, str], told: str, openapi_core: OpenApiCoreValidator) -> None:
    assert told in str(openapi_core.check_webhook(NAME, json.dumps(POSTED | change).encode(), JSON))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a":1} x'])
def test_a_body_that_is_not_json_is_refused(body: bytes, openapi_core: OpenApiCoreValidator) -> None:
    assert openapi_core.check_webhook(NAME, body, JSON) is not None


def test_an_undeclared_name_or_media_type_is_refused(openapi_core: OpenApiCoreValidator) -> None:
    body = json.dumps(POSTED).encode()
    assert "journalEntryReversed" in str(openapi_core.check_webhook("journalEntryReversed", body, JSON))
    assert "application/json" in str(openapi_core.check_webhook(NAME, body, ((b"content-type", b"text/plain"),)))
    assert "application/json" in str(openapi_core.check_webhook(NAME, body, ()))
