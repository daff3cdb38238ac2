"""Checks of many answers at once: each check yields a complaint for a wrong answer, and one assertion lists all complaints."""

from collections.abc import Iterable

import httpx

from tests.support.problems import contract, problem_of


def check_problem(name: str, response: httpx.Response, code: str, *fields: str) -> Iterable[str]:
    """A complaint unless the answer is this problem and its errors name `fields`."""
    try:
        problem_of(response, code, *fields)
    except (AssertionError, KeyError) as complaint:
        yield f"{name:.200}: {complaint!s:.500}"


def check_status(name: str, response: httpx.Response, status: int = 201) -> Iterable[str]:
    """A complaint unless the answer has this status."""
    if response.status_code != status:
        yield f"{name:.200}: {response.status_code} {response.text:.500}"


def check_documented(name: str, response: httpx.Response, operation_id: str) -> Iterable[str]:
    """A complaint unless the contract declares the answer for the operation, and for a 400 or a 5xx."""
    media_type = response.headers["content-type"]
    if (response.status_code, media_type) not in contract().operations[operation_id].responses:
        yield f"{name:.200}: undocumented {response.status_code} {media_type}"
    if response.status_code == httpx.codes.BAD_REQUEST or response.is_server_error:
        yield f"{name:.200}: {response.status_code} {response.text:.500}"
    if response.is_client_error:
        yield from check_problem(name, response, response.json()["code"])


def assert_no_complaints(complaints: Iterable[str]) -> None:
    found = list(complaints)
    assert not found, f"{len(found)} answers are wrong:\n" + "\n".join(found[:50])
