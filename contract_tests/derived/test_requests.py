"""Our own validators and openapi-core accept the requests and headers that were made valid, and refuse those made invalid."""

from typing import Any

import pytest

from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.validators import BodyValidator
from contract_tests.derived.validators import all_cases, check_request, validator_of
from tests.support.schema_cases.roots import CONTRACT, DOCUMENT, Root, at_exactly, roots

REQUESTS = [root for root in roots() if root.kind == "request"]
TEXTS = [root for root in roots() if root.kind in ("parameter", "header")]


def compiled_validator(root: Root) -> BodyValidator:
    validator = CONTRACT.operations[root.uses[0].operation_id].request_body
    assert validator is not None
    return validator


def test_every_operation_with_a_body_and_every_parameter_has_cases() -> None:
    operations = CONTRACT.operations.values()
    assert {root.uses[0].operation_id for root in REQUESTS} == {each.operation_id for each in operations if each.request_body}
    named = {(use.operation_id, root.name) for root in TEXTS if root.kind == "parameter" for use in root.uses}
    assert named == {(each.operation_id, parameter.name) for each in operations for parameter in each.parameters}


def test_every_body_is_required(document: dict[str, Any]) -> None:
    for root in roots():
        if root.kind in ("request", "webhook"):
            assert at_exactly(document, root.pointer.partition("/content")[0])["required"] is True


@pytest.mark.parametrize("root", REQUESTS, ids=lambda root: root.uses[0].operation_id)
def test_both_validators_agree_with_the_making_of_every_request_body(root: Root) -> None:
    openapi_core, validator = OpenApiCoreValidator(CONTRACT.document), compiled_validator(root)
    for case in all_cases(root):
        core_error = check_request(openapi_core, root, case.value)
        verdicts = (validator.is_valid(case.value), not validator.field_errors(case.value), core_error is None)
        assert verdicts == (case.is_valid,) * 3, f"{case.trail[-1]}: {core_error} on {str(case.value)[:1_000]}"


@pytest.mark.parametrize("root", TEXTS, ids=lambda root: f"{root.pointer.rpartition('/')[2]}-{root.name}")
def test_the_validator_agrees_with_the_making_of_every_parameter_and_header(root: Root) -> None:
    accepts = validator_of(root, DOCUMENT)
    for case in all_cases(root):
        assert accepts(case.value) is case.is_valid, f"{case.trail[-1]}: {case.value!r}"
