"""One operation of the contract, compiled when the process starts: every step of a request, from top to bottom."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import jiter
import orjson

from app.auth.authenticator import Authenticator
from app.auth.caller import Caller
from app.auth.certificate_binding import check_binding
from app.auth.refusals import InsufficientScope, InvalidToken, Unauthenticated
from app.auth.scopes import sufficient_scopes
from app.contract.operations import OperationContract
from app.contract.validators import BodyValidator
from app.edge.asgi_types import Receive, Scope, Send
from app.edge.call import Answer, Call
from app.edge.content_negotiation import check_accept
from app.edge.json_body import check_announced_length, check_depth, read_json
from app.edge.parameters import ParameterReader
from app.edge.rate_limit import RateLimiter
from app.edge.refusals import ValidationFailed
from app.edge.request import SCOPE_KEY, Request
from app.edge.respond import COMMON, JSON, send_answer
from app.edge.response_check import ResponseCheck
from app.edge.turns import Turns, has_large_body
from app.refusal import FieldError

_UNREADABLE: Final = FieldError("", "invalid", "holds a number beyond all limits")
Handler = Callable[[Call, Any], Awaitable[Answer]]


class ServicesSlot:
    """Holds what every handler is given. It is filled when the process starts, after the operations were compiled."""

    def __init__(self, services: Any = None) -> None:
        self.services = services


class Operation:
    """Length, Accept, token, rate limit, scope, parameters, body, handler, response check: the first to fail ends the request."""

    def __init__(
        self,
        contract: OperationContract,
        handler: Handler,
        authenticator: Authenticator,
        slot: ServicesSlot,
        response_check: ResponseCheck,
        limiter: RateLimiter | None = None,
    ) -> None:
        self.operation_id = contract.operation_id
        self.handler = handler
        self.authenticator = authenticator
        self.slot = slot
        self.response_check = response_check
        self.limiter = limiter
        self.needed = contract.scope
        self.sufficient_scopes = sufficient_scopes(contract.scope) if contract.scope else frozenset[str]()
        self.parameters = ParameterReader(contract.parameters) if contract.scope else None
        self.body = contract.request_body
        self.body_bytes = contract.body_bytes
        self.coercion = contract.coercion
        self.turns = Turns()
        self.identity = hashlib.sha256(contract.operation_id.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request = scope[SCOPE_KEY]
        if self.body is not None:
            check_announced_length(request, self.body_bytes)
        check_accept(request, scope["headers"])
        caller = await self._caller(request) if self.needed else None
        values = self._parameters(scope, request)
        if self.body is None:
            call = Call(self.operation_id, caller, request.trace_id, values)
        else:
            document = await read_json(request, receive, self.body_bytes)
            if has_large_body(request, document):
                await self.turns.wait()
            body = _valid(self.body, document)
            self.coercion.canonicalize(body)
            request_hash = self._hash(values, body)
            self.coercion.convert(body)
            key = request.headers[b"idempotency-key"].decode("ascii")
            call = Call(self.operation_id, caller, request.trace_id, values, body, key, request_hash)
        await self._answer(await self.handler(call, self.slot.services), scope, send)

    async def _caller(self, request: Request) -> Caller:
        authorization = request.headers.get(b"authorization")
        if authorization is None:
            raise Unauthenticated
        if b"authorization" in request.repeated_headers:
            raise InvalidToken("Authorization was sent more than once")
        caller = self.authenticator.remembered(authorization) or await self.authenticator.authenticate(authorization)
        client = request.client
        if caller.thumbprint != client.thumbprint:
            check_binding(caller, client.thumbprint, is_required=client.needs_bound_token)
        request.caller = caller
        if self.limiter is not None:
            self.limiter.admit(request, caller.tenant_id)
        if self.sufficient_scopes.isdisjoint(caller.scopes):
            raise InsufficientScope(self.needed or "")
        return caller

    def _parameters(self, scope: Scope, request: Request) -> dict[str, Any]:
        """An operation without a token has no parameters; what a probe adds to its path is ignored."""
        if self.parameters is None:
            return {}
        return self.parameters.read(scope["path_params"], scope["query_string"], request)

    def _hash(self, values: Mapping[str, Any], body: Any) -> bytes:
        """Equal for equal requests: of the operation, its path parameters and the canonical body, whatever its spelling."""
        digest = self.identity.copy()
        digest.update(orjson.dumps([values, body], option=orjson.OPT_SORT_KEYS))
        return digest.digest()

    async def _answer(self, answer: Answer, scope: Scope, send: Send) -> None:
        request: Request = scope[SCOPE_KEY]
        body = request.body = answer.body
        if isinstance(body, bytes):
            value, text = jiter.from_json(body), body
        else:
            value, text = body, orjson.dumps(body)
        check, headers = self.response_check, COMMON[JSON] + answer.headers + request.response_headers
        check.compiled(self.operation_id, answer.status, JSON, value)
        check.before(scope, answer.status, headers, text)
        await send_answer(send, answer.status, headers, text)
        check.after(scope, answer.status, headers, text)


def _valid(validator: BodyValidator, body: Any) -> Any:
    """The body, when it is valid; raises ValidationFailed with what is wrong, or MalformedJson when it is nested too deep."""
    try:
        if validator.is_valid(body):
            return body
        body = validator.shorten(body)
        check_depth(body)
        field_errors = validator.field_errors(body)
    except (ValueError, OverflowError, RecursionError):
        raise ValidationFailed(_UNREADABLE) from None
    raise ValidationFailed(*field_errors)
