"""What the edge knows about one request; it is kept in the ASGI scope under `SCOPE_KEY`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from app.auth.caller import Caller
from app.edge.asgi_types import Headers, Scope

SCOPE_KEY: Final = "hpts"
REFUSAL_KEY: Final = "hpts.refusal"
"""Where the scope has the Refusal of a request that was refused before it could be read; it has no path then."""


class Client(NamedTuple):
    """What is known of the client besides its connection: the address that a trusted proxy names, "" without one, and the
    thumbprint of its certificate. On a partner host only a token is taken that is bound to that certificate.
    """

    address: str = ""
    thumbprint: str | None = None
    needs_bound_token: bool = False


UNKNOWN_CLIENT: Final = Client()


class Request:
    """`headers` maps lower-case names to values; the names that were sent more than once are in `repeated_headers`.

    `route` and `operation_id` are empty until the router has found an operation; `caller` is None until a token was verified.
    `status` is 0 until the answer has started. `response_headers` go out with whatever is answered. Of the answer, `body` is kept
    as the handler gave it, and `problem_code` when it is a problem.
    """

    __slots__ = (
        "body",
        "caller",
        "client",
        "headers",
        "operation_id",
        "problem_code",
        "repeated_headers",
        "response_headers",
        "route",
        "status",
        "trace_id",
    )

    def __init__(self, raw_headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.headers: dict[bytes, bytes] = dict(raw_headers)
        self.repeated_headers = _NONE if len(self.headers) == len(raw_headers) else _repeated(raw_headers)
        self.client = UNKNOWN_CLIENT
        self.trace_id = ""
        self.route = ""
        self.operation_id = ""
        self.caller: Caller | None = None
        self.body: Mapping[str, Any] | bytes = b""
        self.problem_code = ""
        self.status = 0
        self.response_headers: Headers = ()


_NONE: Final[frozenset[bytes]] = frozenset()


def _repeated(raw_headers: Sequence[tuple[bytes, bytes]]) -> frozenset[bytes]:
    counts = Counter(name for name, _ in raw_headers)
    return frozenset(name for name, count in counts.items() if count > 1)


def request_of(scope: Scope) -> Request:
    request: Request = scope[SCOPE_KEY]
    return request


def trace_of(request: Request) -> dict[str, str]:
    """For `extra` of a log call: the line has the trace id as a member."""
    return {"trace_id": request.trace_id}
