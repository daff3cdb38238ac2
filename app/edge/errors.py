"""Why the edge refuses a request before any handler sees it; the codes are those of openapi/problems.yaml."""

from typing import ClassVar

from app import limits
from app.edge.asgi_types import Headers
from app.ledger.errors import Fault, NotFound, Refusal

REALM = 'Bearer realm="hpts"'


class RequestRefused(Refusal):
    """`headers` go out with the problem document."""

    headers: Headers = ()


class PathUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no such path; /docs lists the operations")


class MalformedJson(RequestRefused):
    code = "malformed_json"


class ValidationFailed(RequestRefused):
    code = "validation_failed"

    def __init__(self, *faults: Fault) -> None:
        shown = "; ".join(f"{fault.field or 'body'}: {fault.message}" for fault in faults[:3])
        more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
        super().__init__(f"{shown}{more}", *faults)


class IdempotencyKeyMissing(RequestRefused):
    code = "idempotency_key_missing"

    def __init__(self) -> None:
        message = "every POST needs this header, so that a retry never posts twice"
        super().__init__(f"Idempotency-Key: {message}", Fault("Idempotency-Key", "required", message))


class Unauthenticated(RequestRefused):
    """No credentials were sent, so RFC 6750 wants a challenge without an error code."""

    code = "unauthenticated"
    headers = ((b"www-authenticate", REALM.encode()),)

    def __init__(self) -> None:
        super().__init__("the request carries no bearer token")


class InvalidToken(RequestRefused):
    """`reason` is one of our own sentences, never a part of the token."""

    code = "invalid_token"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        challenge = f'{REALM}, error="invalid_token", error_description="{reason}"'
        self.headers = ((b"www-authenticate", challenge.encode("ascii")),)


class InsufficientScope(RequestRefused):
    code = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"the token does not hold the scope {scope}")
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        self.headers = ((b"www-authenticate", challenge.encode("ascii")),)


class TokensUnverifiable(RequestRefused):
    """The issuer's keys could not be read yet, so that no token can be told from a forged one."""

    code = "unavailable"
    retry_after_seconds: ClassVar[int] = 5

    def __init__(self) -> None:
        super().__init__("the issuer's key set could not be read yet; repeat the request")


class MethodNotAllowed(RequestRefused):
    code = "method_not_allowed"

    def __init__(self, method: str, allow: str) -> None:
        super().__init__(f"this path does not take {method}; it takes {allow}")
        self.headers = ((b"allow", allow.encode("ascii")),)


class NotAcceptable(RequestRefused):
    code = "not_acceptable"

    def __init__(self) -> None:
        super().__init__("Accept excludes application/json, which is all this API answers with")


class PayloadTooLarge(RequestRefused):
    code = "payload_too_large"

    def __init__(self) -> None:
        super().__init__(f"the body is larger than {limits.BODY_BYTES} bytes")


class UnsupportedMediaType(RequestRefused):
    code = "unsupported_media_type"


class HeadersTooLarge(RequestRefused):
    code = "headers_too_large"

    def __init__(self) -> None:
        super().__init__(f"the headers are larger than {limits.HEADER_BYTES} bytes in total")


class ClientGone(Exception):
    """The client left before its body was complete; nobody waits for an answer."""
