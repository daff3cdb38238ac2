"""The contract is loaded, compiled, and refused when it is not sound."""

import shutil
from pathlib import Path

import pytest
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from app.contract.document import DOCUMENT, Contract, load
from app.contract.operations import each_operation


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for file in DOCUMENT.parent.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path / DOCUMENT.name


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_every_operation_is_there_with_its_method_path_tag_and_scope(contract: Contract) -> None:
    found = {each.operation_id: (each.method, each.path, each.tag, each.scope) for each in contract.operations.values()}
    assert list(found) == [operation["operationId"] for _, _, operation in each_operation(contract.document)]
    assert found["postPayment"] == ("POST", "/payments", "payments", "hpts:payments:write")
    assert found["postFee"] == ("POST", "/loans/{loan_id}/fees", "loans", "hpts:admin:fees")
    assert found["getLiveness"] == ("GET", "/health/live", "health", None)


def test_the_catalogue_gives_status_title_and_advice(contract: Contract) -> None:
    problem = contract.problems["idempotency_in_progress"]
    assert (problem.code, problem.status) == ("idempotency_in_progress", 409)
    assert "Retry-After" in problem.action


def test_only_posts_have_a_body(contract: Contract) -> None:
    for operation in contract.operations.values():
        assert (operation.request_body is not None) == (operation.method == "POST")


def test_responses_of_one_schema_share_a_checker(contract: Contract) -> None:
    problems = {
        checker
        for operation in contract.operations.values()
        for (_, media_type), checker in operation.responses.items()
        if media_type == "application/problem+json"
    }
    assert len(problems) == 1


def test_a_breach_is_told_by_its_place_in_the_document_and_in_the_body(contract: Contract) -> None:
    checker = contract.operations["getLoanBalance"].responses[200, "application/json"]
    balance = contract.document["components"]["schemas"]["LoanBalance"]["examples"][0]
    assert checker.check(balance) is None
    assert checker.check(balance | {"total_exposure_minor": "-1"}) == (
        "/components/schemas/AmountMinor/pattern at /total_exposure_minor: "
        "must be a whole number of minor units as a string of digits, without sign or leading zeros"
    )
    assert str(checker.check(balance | {"loan_id": None})).startswith("/components/schemas/Uuid/type at /loan_id: ")
    assert str(checker.check(balance | {"more": 1})).endswith("at /: must not have more")


def test_a_value_that_json_cannot_hold_is_a_breach(contract: Contract) -> None:
    assert str(contract.problem.check({"status": object()})).startswith("/: not JSON")


def test_a_document_that_is_not_openapi_is_refused(copy: Path) -> None:
    replace(copy, "  title: High-Performance", "  headline: High-Performance")
    with pytest.raises(OpenAPIValidationError):
        load(copy)


def test_a_code_missing_from_the_catalogue_is_refused(copy: Path) -> None:
    replace(copy.with_name("problems.yaml"), "rate_limited:", "rate_exceeded:")
    with pytest.raises(ValueError, match="different codes"):
        load(copy)


def test_an_operation_with_two_scopes_is_refused(copy: Path) -> None:
    replace(copy, "['hpts:payments:write']", "['hpts:payments:write', 'hpts:ledger:read']")
    with pytest.raises(ValueError, match="exactly one scope"):
        load(copy)


def test_an_operation_that_asks_for_any_token_is_refused(copy: Path) -> None:
    replace(copy, "['hpts:payments:write']", "[]")
    with pytest.raises(ValueError, match="exactly one scope"):
        load(copy)


def test_a_file_that_is_no_mapping_is_refused(copy: Path) -> None:
    copy.write_text("- a list", "utf-8")
    with pytest.raises(ValueError, match="not a mapping"):
        load(copy)
