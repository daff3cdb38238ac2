"""No answer leaves that the contract does not describe.

A compiled validator checks every answer before it is sent. openapi-core, reading the same document by other code, is the
second opinion: on every answer before it is sent (`full`), on one in N after it is sent (`sample:N`), or never (`compiled`).
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
from app.edge.request import request_of

logger: Final = logging.getLogger("hpts.edge")

WITHOUT_BRACES: Final = str.maketrans("", "", "{}")
"""Makes of a path's template a path that any reader finds the operation by, whatever a caller wrote into it."""
SAMPLE: Final = re.compile(r"sample:([1-9][0-9]{0,8})")


class ContractBreach(Exception):
    """An answer of ours that the contract does not describe; the message begins with the place in the document."""


@dataclass(frozen=True, slots=True)
class Tier:
    """`full`: every answer has a second opinion before it is sent; `every`: one in so many has afterwards, 0 for none."""

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
    """A second judge of answers: None, or what is wrong. `path` leads to the operation; it is not the path that was asked for."""

    def __call__(self, method: str, path: str, query: bytes, status: int, headers: Headers, body: bytes) -> str | None: ...


class ResponseCheck:
    """`compiled` judges every answer; `before` and `after` ask for the second opinion when its turn has come."""

    def __init__(self, contract: Contract, tier: Tier, opinion: ResponseValidator | None = None) -> None:
        """`opinion` is openapi-core's unless another is given; it is made only where the tier asks for it."""
        self.checkers = {name: operation.responses for name, operation in contract.operations.items()}
        self.problem = contract.problem
        self.tier = tier
        self.paths = {
            name: f"{BASE_PATH}{operation.path}".translate(WITHOUT_BRACES) for name, operation in contract.operations.items()
        }
        asked = tier.full or tier.every
        self.opinion: ResponseValidator | None = (
            (opinion or OpenApiCoreValidator(contract.document).check_response) if asked else None
        )
        self.answers = 0
        self.running: set[asyncio.Future[None]] = set()

    def compiled(self, operation_id: str, status: int, media_type: str, value: Any) -> None:
        """Raises ContractBreach. `operation_id` is empty where none was found: only a problem may be answered then."""
        responses = self.checkers.get(operation_id)
        checker = self.problem if responses is None else responses.get((status, media_type))
        if checker is None:
            raise ContractBreach(f"{operation_id}/responses/{status}: {media_type} is not declared")
        fault = checker.check(value)
        if fault is not None:
            raise ContractBreach(f"{operation_id}/responses/{status}: {fault}")

    def before(self, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        """Raises ContractBreach where answers are judged before they are sent."""
        if self.tier.full:
            fault = self._ask(scope, status, headers, body)
            if fault is not None:
                raise ContractBreach(fault)

    def after(self, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        """Judges every so many answers that were sent, in a thread of its own; a breach is logged."""
        if not self.tier.every:
            return
        self.answers += 1
        if self.answers % self.tier.every == 0:
            judged = asyncio.get_running_loop().run_in_executor(None, self._log, scope, status, headers, body)
            self.running.add(judged)
            judged.add_done_callback(self.running.discard)

    def _log(self, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        try:
            fault = self._ask(scope, status, headers, body)
        except Exception:
            logger.exception("trace_id=%s second opinion failed", request_of(scope).trace_id)
            return
        if fault is not None:
            logger.error("trace_id=%s sent, but breaks the contract: %s", request_of(scope).trace_id, fault)

    def _ask(self, scope: Scope, status: int, headers: Headers, body: bytes) -> str | None:
        operation_id = request_of(scope).operation_id
        if not operation_id or self.opinion is None:
            return None
        path = self.paths[operation_id]
        fault = self.opinion(scope["method"], path, scope["query_string"], status, headers, body)
        return None if fault is None else f"{operation_id}/responses/{status}: {fault}"
