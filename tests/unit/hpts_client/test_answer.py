"""An answer is the operation's value, a problem with all its facts, or neither of them."""

from typing import Any

import httpx
import pytest

from hpts_client import Refused, Unavailable, UnexpectedAnswer, api
from hpts_client.answer import error_of, media_type, problem_of, read_answer
from tests.unit.hpts_client.support import ENTRY_ID, POSTED, TRACE_ID, fee_call, page_of_proxy, posted, problem

READERS = fee_call().readers


def test_a_value_comes_with_its_status_and_trace() -> None:
    answer = read_answer(posted(), READERS)
    assert str(answer.value.journal_entry_id) == ENTRY_ID
    assert (answer.status_code, answer.trace_id, answer.is_replayed) == (201, TRACE_ID, False)
    assert read_answer(posted(200, **{"Idempotency-Replayed": "true"}), READERS).is_replayed


def test_a_member_that_is_newer_than_the_client_is_passed_over() -> None:
    assert read_answer(httpx.Response(201, json=POSTED | {"newer": 1}), READERS).value.to_dict()["fee_event_id"] == ENTRY_ID


def test_a_status_other_than_success_may_be_an_operation_s_own_answer() -> None:
    answer = httpx.Response(503, json={"status": "unavailable", "checks": {"database": {"status": "unavailable"}}})
    assert read_answer(answer, api.get_readiness().readers).value.status == "unavailable"
    with pytest.raises(Unavailable):
        read_answer(problem(503, "overloaded"), api.get_readiness().readers)


@pytest.mark.parametrize(
    "answer",
    [
        page_of_proxy(200),
        page_of_proxy(502),
        httpx.Response(202, json=POSTED),
        httpx.Response(204),
        httpx.Response(201, json={}),
        httpx.Response(201, json=[]),
        httpx.Response(201, json=POSTED | {"posted_at": "yesterday"}),
        httpx.Response(201, content=b"{", headers={"Content-Type": "application/json"}),
        httpx.Response(201, content=b"\xff", headers={"Content-Type": "application/json"}),
        httpx.Response(302, headers={"Location": "http://elsewhere.test"}),
    ],
)
def test_what_the_contract_does_not_have_is_told_with_its_status(answer: httpx.Response) -> None:
    with pytest.raises(UnexpectedAnswer) as told:
        read_answer(answer, READERS)
    assert told.value.status_code == answer.status_code


def test_a_problem_keeps_code_fields_and_trace() -> None:
    errors = [{"field": "/amount_minor", "code": "pattern", "message": "must be a whole number"}]
    error = error_of(problem(400, "validation_failed", detail="1 field does not match.", errors=errors))
    assert isinstance(error, Refused)
    assert (error.status_code, error.code, error.title, error.trace_id) == (400, "validation_failed", "Title", TRACE_ID)
    assert [each.to_dict() for each in error.errors] == errors
    assert str(error) == (f"validation_failed: 1 field does not match.; /amount_minor: must be a whole number (trace {TRACE_ID})")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "validation_failed", Refused),
        (401, "invalid_token", Refused),
        (404, "not_found", Refused),
        (409, "already_reversed", Refused),
        (409, "idempotency_in_progress", Unavailable),
        (422, "a_newer_code", Refused),
        (429, "rate_limited", Unavailable),
        (500, "internal_error", Unavailable),
        (503, "unavailable", Unavailable),
    ],
)
def test_whether_it_may_be_sent_again_is_the_exception_s_class(status: int, code: str, kind: type[Exception]) -> None:
    assert type(error_of(problem(status, code))) is kind


def test_how_long_to_wait_is_told() -> None:
    told = problem_of(problem(429, "rate_limited", "31"))
    assert told is not None
    assert told.retry_after_seconds == 31.0


@pytest.mark.parametrize("document", [[], "text", None, {"code": "not_found"}, {"code": []}, {"errors": 1}])
def test_a_problem_that_is_none_is_an_unexpected_answer(document: Any) -> None:
    answer = httpx.Response(404, json=document, headers={"Content-Type": "application/problem+json"})
    assert problem_of(answer) is None
    assert isinstance(error_of(answer), UnexpectedAnswer)


def test_the_media_type_is_compared_without_case_and_parameters() -> None:
    answer = httpx.Response(200, headers={"Content-Type": "Application/JSON; charset=utf-8"}, content=b"{}")
    assert media_type(answer) == "application/json"
    assert media_type(httpx.Response(200)) == ""
