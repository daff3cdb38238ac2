"""Every answer is checked against the contract; one that the contract does not describe is not sent.

A compiled validator checks every answer before it is sent. openapi-core, which reads the same document by other code, checks
each answer as well before it is sent (`full`), one in N after it was sent (`sample:N`), or none (`compiled`).
"""

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

from app.contract.document import Contract
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.routing_view import BASE_PATH
from app.edge.asgi_types import Headers, Scope
from app.edge.request import request_of, trace_of

logger: Final = logging.getLogger("hpts.edge")

WITHOUT_BRACES: Final = str.maketrans("", "", "{}")
"""Turns the template of a path into a path by which openapi-core finds the operation, whatever values a caller sent."""
SAMPLE: Final = re.compile(r"sample:([1-9][0-9]{0,8})")


class ContractBreach(Exception):
    """An answer that the contract does not describe; the message begins with the place in the document."""


@dataclass(frozen=True, slots=True)
class Tier:
    """When openapi-core checks: `full`, every answer before it is sent; `every`, one in so many afterwards, 0 for none."""

    full: bool
    every: int


def parse_tier(text: str) -> Tier:
    """Raises ValueError, saying what is allowed."""
    if text == "full":
        return Tier(full=True, every=0)
    if text == "compiled":
        return Tier(full=False, every=0)
    match = SAMPLE.fullmatch(text)
    if match is None:
        raise ValueError(f"response validation is full, compiled or sample:N with N from 1 on, not {text[:40]!r}")
    return Tier(full=False, every=int(match[1]))


class ResponseValidator(Protocol):
    """Returns None, or what is wrong with an answer. `path` leads to the operation; it is not the path that was requested."""

    def __call__(self, method: str, path: str, query: bytes, status: int, headers: Headers, body: bytes) -> str | None: ...


class ResponseCheck:
    """`compiled` checks every answer; `before` and `after` have openapi-core check it where the tier says so."""

    def __init__(self, contract: Contract, tier: Tier, second_validator: ResponseValidator | None = None) -> None:
        """`second_validator` is openapi-core's unless another is given; it is made only where the tier needs it."""
        self.checkers = {name: operation.responses for name, operation in contract.operations.items()}
        self.problem = contract.problem
        self.tier = tier
        self.paths = {
            name: f"{BASE_PATH}{operation.path}".translate(WITHOUT_BRACES) for name, operation in contract.operations.items()
        }
        asked = tier.full or tier.every
        self.second_validator: ResponseValidator | None = (
            (second_validator or OpenApiCoreValidator(contract.document).check_response) if asked else None
        )
        self.answers = 0
        self.running: set[asyncio.Future[None]] = set()

    def compiled(self, operation_id: str, status: int, media_type: str, value: Any) -> None:
        """Raises ContractBreach. `operation_id` is empty where none was found: only a problem may be answered then."""
        responses = self.checkers.get(operation_id)
        checker = self.problem if responses is None else responses.get((status, media_type))
        if checker is None:
            raise ContractBreach(f"{operation_id}/responses/{status}: {media_type} is not declared")
        violation = checker.check(value)
        if violation is not None:
            raise ContractBreach(f"{operation_id}/responses/{status}: {violation}")

    def before(self, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        """Raises ContractBreach where the tier checks answers before they are sent."""
        if self.tier.full:
            violation = self._ask(scope, status, headers, body)
            if violation is not None:
                raise ContractBreach(violation)

    def after(self, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        """Checks one in so many of the answers sent, in a thread of its own; a breach is logged."""
        if not self.tier.every:
            return
        self.answers += 1
        if self.answers % self.tier.every == 0:
            check = asyncio.get_running_loop().run_in_executor(None, self._log, scope, status, headers, body)
            self.running.add(check)
            check.add_done_callback(self.running.discard)

    def _log(self, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        try:
            violation = self._ask(scope, status, headers, body)
        except Exception:
            logger.exception("check by openapi-core failed", extra=trace_of(request_of(scope)))
            return
        if violation is not None:
            logger.error("sent, but breaks the contract: %s", violation, extra=trace_of(request_of(scope)))

    def _ask(self, scope: Scope, status: int, headers: Headers, body: bytes) -> str | None:
        operation_id = request_of(scope).operation_id
        if not operation_id or self.second_validator is None:
            return None
        path = self.paths[operation_id]
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        violation = self.second_validator(method, path, scope["query_string"], status, headers, body)
        return None if violation is None else f"{operation_id}/responses/{status}: {violation}"
