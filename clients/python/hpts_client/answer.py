"""Reads what the server answered: a value of the contract, a problem document, or something that neither is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import httpx

from .errors import HptsError, ProblemAnswer, Refused, Unavailable, UnexpectedAnswer, is_temporary
from .retry_after import retry_after_seconds

T = TypeVar("T")
Readers = Mapping[int, Callable[[dict[str, Any]], T]]
"""How a body is read, by the status of the answer."""
PROBLEM: Final = "application/problem+json"
JSON: Final = "application/json"
NOT_AS_DECLARED: Final = (ValueError, KeyError, TypeError, AttributeError)
"""What reading raises for a body of another form."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """`trace_id` names the request to the server's operators; `is_replayed` says that an earlier request had posted."""

    value: T
    status_code: int
    trace_id: str
    is_replayed: bool


def read_answer(response: httpx.Response, readers: Readers[T]) -> Answer[T]:
    """Raises Refused, Unavailable, UnexpectedAnswer."""
    reader = readers.get(response.status_code)
    if reader is None or media_type(response) != JSON:
        raise error_of(response)
    try:
        value = reader(response.json())
    except NOT_AS_DECLARED as error:
        raise UnexpectedAnswer(response.status_code, response.text) from error
    headers = response.headers
    return Answer(value, response.status_code, headers.get("X-Request-Trace", ""), "Idempotency-Replayed" in headers)


def error_of(response: httpx.Response) -> HptsError:
    """The problem that was answered, or that it is none."""
    problem = problem_of(response)
    if problem is None:
        return UnexpectedAnswer(response.status_code, response.text)
    return problem


def problem_of(response: httpx.Response) -> ProblemAnswer | None:
    """The answer's problem document; None when it is something else."""
    if media_type(response) != PROBLEM:
        return None
    try:
        document = response.json()
        kind = Unavailable if is_temporary(response.status_code, document["code"]) else Refused
        return kind(response.status_code, document, retry_after_seconds(response))
    except NOT_AS_DECLARED:
        return None


def media_type(response: httpx.Response) -> str:
    """Without parameters, in lower case."""
    content_type: str = response.headers.get("Content-Type", "")
    return content_type.partition(";")[0].strip().lower()
