"""When a call is sent again, and after how long. What is sent is the same each time, and so is its idempotency key."""

import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx

from .answer import JSON, media_type, problem_of
from .call import Call
from .errors import IN_PROGRESS
from .retry_after import retry_after_seconds

TEMPORARY: Final = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
FINAL_FAULTS: Final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, ssl.SSLCertVerificationError)
"""Nothing about them changes by trying again."""
Outcome = httpx.Response | httpx.TransportError


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Waits at random up to `first_delay_seconds`, then up to twice that, and so on up to `delay_max_seconds`.

    A `Retry-After` comes on top. One longer than `delay_max_seconds` is not waited for: the exception says how long it is.
    """

    attempts_max: int = 8
    first_delay_seconds: float = 0.25
    delay_max_seconds: float = 30.0
    now: Callable[[], float] = time.time
    random: Callable[[], float] = random.random

    def delay_seconds(self, call: Call[Any], outcome: Outcome, attempts: int) -> float | None:
        """How long to wait after so many attempts; None when the outcome of the last one stands."""
        if attempts >= self.attempts_max or not call.may_be_repeated or not is_worth_repeating(outcome):
            return None
        asked = retry_after_seconds(outcome, self.now()) if isinstance(outcome, httpx.Response) else None
        if asked is not None and asked > self.delay_max_seconds:
            return None
        longest = min(self.delay_max_seconds, self.first_delay_seconds * 2.0 ** (attempts - 1))
        return (asked or 0.0) + longest * self.random()


def is_worth_repeating(outcome: Outcome) -> bool:
    """Whether another attempt may end otherwise. An answer in JSON is the operation's own, such as that it is not ready."""
    if isinstance(outcome, httpx.TransportError):
        return not _is_final(outcome)
    if outcome.status_code == HTTPStatus.CONFLICT:
        problem = problem_of(outcome)
        return problem is not None and problem.code == IN_PROGRESS
    return outcome.status_code in TEMPORARY and media_type(outcome) != JSON


def _is_final(error: BaseException | None) -> bool:
    """Looks at the causes too: what TLS finds wrong is the cause of a failed connection."""
    while error is not None:
        if isinstance(error, FINAL_FAULTS):
            return True
        error = error.__cause__ or error.__context__
    return False
