"""What a handler is given and what it gives back; named tuples where one is made for every request."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.auth.caller import Caller
from app.contract.routing_view import BASE_PATH
from app.edge.asgi_types import Headers


class Call(NamedTuple):
    """One request after every check of the contract.

    `parameters` holds path and query parameters by their name in the contract, coerced (dates are `datetime.date`, integers
    `int`, uuids lower case), defaults filled in, absent ones left out. `body` is the parsed and validated JSON object.
    `trace_id` is 32 hex digits. `request_hash` identifies the operation, its path parameters and the canonical body; it and
    `idempotency_key` are set on every POST.
    """

    operation_id: str
    caller: Caller | None
    trace_id: str
    parameters: Mapping[str, Any]
    body: Any = None
    idempotency_key: str = ""
    request_hash: bytes = b""

    @property
    def tenant_id(self) -> str:
        assert self.caller is not None, "an operation without a token has no tenant"
        return self.caller.tenant_id

    @property
    def correlation_id(self) -> str:
        """The 16 bytes of the trace id, written as a uuid."""
        digits = self.trace_id
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Answer(NamedTuple):
    """`body` is a JSON object, or the stored bytes of one; extra headers in lower case."""

    status: int
    body: Mapping[str, Any] | bytes
    headers: Headers = ()


def location_of(path: str) -> Headers:
    """The header that says where something can be read; `path` is below the base path, as the contract has it."""
    return ((b"location", f"{BASE_PATH}{path}".encode("ascii")),)
