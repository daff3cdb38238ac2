"""Requests and headers made from the document are judged as they were made to be, by our own validators and by openapi-core."""

from typing import Any

import pytest

from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.validators import BodyValidator
from contract_tests.derived.validators import everything, judge_of, second_of_request
from tests.support.schema_cases.roots import CONTRACT, DOCUMENT, Root, at_exactly, roots

REQUESTS = [root for root in roots() if root.kind == "request"]
TEXTS = [root for root in roots() if root.kind in ("parameter", "header")]


def validator_of(root: Root) -> BodyValidator:
    validator = CONTRACT.operations[root.uses[0].operation_id].request_body
    assert validator is not None
    return validator


def test_every_operation_with_a_body_and_every_parameter_is_judged() -> None:
    operations = CONTRACT.operations.values()
    assert {root.uses[0].operation_id for root in REQUESTS} == {each.operation_id for each in operations if each.request_body}
    named = {(use.operation_id, root.name) for root in TEXTS if root.kind == "parameter" for use in root.uses}
    assert named == {(each.operation_id, parameter.name) for each in operations for parameter in each.parameters}


def test_every_body_is_required(document: dict[str, Any]) -> None:
    for root in roots():
        if root.kind in ("request", "webhook"):
            assert at_exactly(document, root.pointer.partition("/content")[0])["required"] is True


@pytest.mark.parametrize("root", REQUESTS, ids=lambda root: root.uses[0].operation_id)
def test_both_judge_every_request_body_as_it_was_made(root: Root) -> None:
    opinion, validator = OpenApiCoreValidator(CONTRACT.document), validator_of(root)
    for case in everything(root):
        second = second_of_request(opinion, root, case.value)
        verdicts = (validator.is_valid(case.value), not validator.field_errors(case.value), second is None)
        assert verdicts == (case.is_valid,) * 3, f"{case.trail[-1]}: {second} on {str(case.value)[:1_000]}"


@pytest.mark.parametrize("root", TEXTS, ids=lambda root: f"{root.pointer.rpartition('/')[2]}-{root.name}")
def test_every_parameter_and_header_is_judged_as_it_was_made(root: Root) -> None:
    accepts = judge_of(root, DOCUMENT)
    for case in everything(root):
        assert accepts(case.value) is case.is_valid, f"{case.trail[-1]}: {case.value!r}"
