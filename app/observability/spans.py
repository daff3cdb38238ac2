"""What is traced, whoever makes the spans: requests, the writer's transactions and statements.

OpenTelemetry is an extra, so that nothing but its own module imports it, and without it nothing of this is called.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

StatementObserver = Callable[[str, float, BaseException | None], None]
"""Is given a statement's text, which has no values, the seconds that it took, and its error."""


class RequestSpan(Protocol):
    """A request under way."""

    def answered(self, route: str, status: int, problem_code: str) -> None: ...


class Spans(Protocol):
    """Of one worker."""

    def request(self, method: str, trace_id: str, traceparent: bytes) -> AbstractContextManager[RequestSpan]:
        """A request of this trace, whose parent is the one in `traceparent` if that is valid."""
        ...

    def batch(self, correlation_ids: Sequence[str]) -> AbstractContextManager[object]:
        """A transaction of the writer, with a link to each request that waits for it."""
        ...

    def statement(self, text: str, seconds: float, error: BaseException | None) -> None:
        """A statement of the request or transaction that is under way; those of the work beside requests are not traced."""
        ...

    def close(self) -> None:
        """Sends what is left."""
        ...
