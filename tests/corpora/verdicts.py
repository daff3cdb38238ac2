"""Answers compared with what was expected, many at once: what is wrong with them is said of all of them together."""

from collections.abc import Iterable

import httpx

from tests.support.problems import contract, problem_of


def no_problem(name: str, response: httpx.Response, code: str, *fields: str) -> Iterable[str]:
    """A line unless the answer is this problem, whose errors name `fields`."""
    try:
        problem_of(response, code, *fields)
    except (AssertionError, KeyError) as complaint:
        yield f"{name:.200}: {complaint!s:.500}"


def no_success(name: str, response: httpx.Response, status: int = 201) -> Iterable[str]:
    """A line unless the answer has this status."""
    if response.status_code != status:
        yield f"{name:.200}: {response.status_code} {response.text:.500}"


def documented(name: str, response: httpx.Response, operation_id: str) -> Iterable[str]:
    """A line unless the answer is one of those that the contract has for the operation, and neither 400 nor 5xx."""
    media_type = response.headers["content-type"]
    if (response.status_code, media_type) not in contract().operations[operation_id].responses:
        yield f"{name:.200}: undocumented {response.status_code} {media_type}"
    if response.status_code == httpx.codes.BAD_REQUEST or response.is_server_error:
        yield f"{name:.200}: {response.status_code} {response.text:.500}"
    if response.is_client_error:
        yield from no_problem(name, response, response.json()["code"])


def assert_none_wrong(complaints: Iterable[str]) -> None:
    found = list(complaints)
    assert not found, f"{len(found)} answers are wrong:\n" + "\n".join(found[:50])
