"""A tenant that calls handlers with what the edge makes of a request, and holds their answers to the contract."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import jiter
import orjson

from app.auth.caller import Caller
from app.contract.document import Contract
from app.edge.call import Answer, Call
from app.edge.operation import Handler
from app.services import Services
from tests.support.events import BORROWER, TODAY, new_id

JSON: Final = "application/json"
TRACE_ID: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
ACTOR: Final = "loan-officer"
DATE: Final = TODAY.isoformat()


def payment_body(loan_id: str, amount_minor: int, **other: Any) -> dict[str, Any]:
    return _money(loan_id, amount_minor) | {"source_method": "ach", **other}


def disbursement_body(loan_id: str, amount_minor: int = 100_000, **other: Any) -> dict[str, Any]:
    return _money(loan_id, amount_minor) | {"method": "ach", **other}


def _money(loan_id: str, amount_minor: int) -> dict[str, Any]:
    party = {"loan_id": loan_id, "borrower_id": BORROWER, "currency": "USD"}
    return party | {"amount_minor": str(amount_minor), "effective_at": DATE}


@dataclass(frozen=True)
class TenantClient:
    """The tenant is new; each posting has a key of its own unless one is given."""

    contract: Contract
    services: Services
    tenant_id: str = field(default_factory=new_id)
    _numbers: Any = field(default_factory=lambda: count(1))

    def call(self, operation_id: str, body: Any = None, key: str | None = None, **parameters: Any) -> Call:
        """What the edge makes of a request: a body that the contract admits, coerced, and parameters with their defaults."""
        operation = self.contract.operations[operation_id]
        caller = Caller(self.tenant_id, ACTOR, frozenset(), 0.0) if operation.scope else None
        values = {each.name: each.default for each in operation.parameters if each.default is not None} | parameters
        if operation.request_body is None:
            return Call(operation_id, caller, TRACE_ID, values)
        assert operation.request_body.is_valid(body), operation.request_body.field_errors(body)
        typed = deepcopy(body)
        operation.coercion.canonicalize(typed)
        request_hash = orjson.dumps([operation_id, values, typed])
        operation.coercion.convert(typed)
        return Call(operation_id, caller, TRACE_ID, values, typed, key or f"request-{next(self._numbers):06d}", request_hash)

    async def ask(self, handler: Handler, call: Call) -> tuple[Answer, Any]:
        """The handler's answer, which the contract must declare, and its body as a JSON value."""
        answer = await handler(call, self.services)
        text = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
        value = jiter.from_json(text)
        assert self._declared(call, answer).check(value) is None, self._declared(call, answer).check(value)
        return answer, value

    def _declared(self, call: Call, answer: Answer) -> Any:
        responses: Mapping[tuple[int, str], Any] = self.contract.operations[call.operation_id].responses
        return responses[answer.status, JSON]
