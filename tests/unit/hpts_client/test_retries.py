"""What is tried again, how often, and how long is waited before."""

import ssl
from dataclasses import replace

import httpx
import pytest

from hpts_client.models.problem_code import PROBLEM_CODE_VALUES
from hpts_client.retries import Outcome, is_worth_repeating
from tests.unit.hpts_client.support import chosen, fee_call, page_of_proxy, posted, problem

TEMPORARY = [
    problem(429, "rate_limited", "1"),
    problem(500, "internal_error"),
    problem(503, "overloaded", "1"),
    problem(503, "unavailable", "1"),
    problem(409, "idempotency_in_progress", "1"),
]
CONNECTION_LOST = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.ReadTimeout("silent"),
    httpx.WriteError("reset"),
    httpx.WriteTimeout("stuck"),
    httpx.CloseError("reset"),
    httpx.PoolTimeout("busy"),
    httpx.RemoteProtocolError("no answer"),
    httpx.ProxyError("proxy"),
]


@pytest.mark.parametrize("outcome", TEMPORARY, ids=lambda each: each.json()["code"])
def test_what_the_server_calls_temporary_is_sent_again(outcome: httpx.Response) -> None:
    assert is_worth_repeating(outcome)


@pytest.mark.parametrize("outcome", CONNECTION_LOST, ids=lambda each: type(each).__name__)
def test_a_lost_connection_is_tried_again(outcome: httpx.TransportError) -> None:
    assert is_worth_repeating(outcome)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_gateway_s_page_about_something_temporary_is_sent_again(status: int) -> None:
    assert is_worth_repeating(page_of_proxy(status))


def test_no_other_answer_is_sent_again() -> None:
    for status in set(range(400, 500)) - {429}:
        for code in PROBLEM_CODE_VALUES - ({"idempotency_in_progress"} if status == 409 else set()):
            assert not is_worth_repeating(problem(status, code, "1")), (status, code)
        assert not is_worth_repeating(page_of_proxy(status))
    assert not any(is_worth_repeating(each) for each in (posted(), posted(200), page_of_proxy(302)))


def test_an_operation_s_own_answer_stands_whatever_its_status() -> None:
    assert not is_worth_repeating(httpx.Response(503, json={"status": "unavailable", "checks": {}}))


def test_what_trying_again_does_not_mend_is_told_at_once() -> None:
    refused: httpx.TransportError = httpx.ConnectError("certificate")
    refused.__cause__ = OSError()
    refused.__cause__.__context__ = ssl.SSLCertVerificationError("self-signed")
    assert not any(map(is_worth_repeating, (refused, httpx.UnsupportedProtocol("ftp"), httpx.LocalProtocolError("header"))))


@pytest.mark.parametrize("outcome", [TEMPORARY[1], CONNECTION_LOST[0]], ids=["answer", "connection"])
def test_the_longest_wait_doubles_up_to_its_limit_and_then_the_outcome_stands(outcome: Outcome) -> None:
    retries = chosen(attempts_max=6, first_delay_seconds=0.5, delay_max_seconds=5)
    waits = [retries.delay_seconds(fee_call(), outcome, attempts) for attempts in range(1, 7)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 5.0, None]


def test_the_wait_is_a_random_part_of_the_longest() -> None:
    retries = replace(chosen(first_delay_seconds=4.0), random=lambda: 0.25)
    assert retries.delay_seconds(fee_call(), TEMPORARY[1], 1) == 1.0


@pytest.mark.parametrize("outcome", [TEMPORARY[0], TEMPORARY[2], TEMPORARY[4]], ids=["429", "503", "409"])
def test_the_server_is_never_asked_earlier_than_it_says(outcome: httpx.Response) -> None:
    retries = replace(chosen(), random=lambda: 0.0)
    assert retries.delay_seconds(fee_call(), outcome, 1) == 1.0


def test_a_date_counts_from_the_clock_that_is_handed_in() -> None:
    outcome = problem(503, "unavailable", "Fri, 15 Jan 2027 08:00:20 GMT")
    assert replace(chosen(), random=lambda: 0.0).delay_seconds(fee_call(), outcome, 1) == 20.0


def test_a_wait_beyond_the_limit_is_the_caller_s_to_decide() -> None:
    retries = chosen(delay_max_seconds=30)
    assert retries.delay_seconds(fee_call(), problem(429, "rate_limited", "31"), 1) is None


def test_what_has_no_key_is_not_posted_twice() -> None:
    keyless = replace(fee_call(), headers={})
    assert chosen().delay_seconds(keyless, CONNECTION_LOST[0], 1) is None
    assert chosen().delay_seconds(replace(keyless, method="GET"), CONNECTION_LOST[0], 1) is not None
