"""The checks of answers fail for an answer that is not the expected one, and show it."""

import httpx
import pytest

from tests.corpora.verdicts import assert_no_complaints, check_documented, check_problem, check_status

PROBLEM = {
    "type": "/problems/validation_failed",
    "title": "Request does not match the contract",
    "status": 400,
    "code": "validation_failed",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "errors": [{"field": "/amount_minor", "code": "pattern", "message": "is no amount"}],
}
POSTED = httpx.Response(201, json={"journal_entry_id": "x"})


def refused(status: int = 400, media_type: str = "application/problem+json", **members: object) -> httpx.Response:
    return httpx.Response(status, json=PROBLEM | members, headers={"content-type": media_type})


def test_the_expected_problem_is_not_reported() -> None:
    assert_no_complaints(check_problem("body", refused(), "validation_failed", "/amount_minor"))


@pytest.mark.parametrize(
    ("response", "code", "field"),
    [
        (POSTED, "validation_failed", "/amount_minor"),
        (refused(), "malformed_json", "/amount_minor"),
        (refused(), "validation_failed", "/currency"),
        (refused(status=500), "validation_failed", "/amount_minor"),
        (refused(media_type="application/json"), "validation_failed", "/amount_minor"),
        (refused(surprise=1), "validation_failed", "/amount_minor"),
    ],
)
def test_any_other_answer_is_reported(response: httpx.Response, code: str, field: str) -> None:
    with pytest.raises(AssertionError, match="1 answers are wrong:\nbody: "):
        assert_no_complaints(check_problem("body", response, code, field))


def test_another_status_than_the_expected_one_is_reported() -> None:
    with pytest.raises(AssertionError, match="payment: 400"):
        assert_no_complaints(check_status("payment", refused()))
    assert_no_complaints(check_status("payment", POSTED))


@pytest.mark.parametrize(
    "response", [refused(status=500), refused(), httpx.Response(204, headers={"content-type": "text/plain"})]
)
def test_an_undocumented_answer_and_a_server_error_are_reported(response: httpx.Response) -> None:
    with pytest.raises(AssertionError, match="answers are wrong"):
        assert_no_complaints(check_documented("read", response, "getLoanBalance"))
