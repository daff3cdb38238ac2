"""Why the edge refuses a request before any handler sees it; the codes are those of openapi/problems.yaml."""

from app import limits
from app.refusal import FieldError, NotFound, Refusal


class PathUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no such path; /docs lists the operations")


class MalformedJson(Refusal):
    code = "malformed_json"


class ValidationFailed(Refusal):
    code = "validation_failed"

    def __init__(self, *errors: FieldError) -> None:
        shown = "; ".join(f"{error.field or 'body'}: {error.message}" for error in errors[:3])
        more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
        super().__init__(f"{shown}{more}", *errors)


class IdempotencyKeyMissing(Refusal):
    code = "idempotency_key_missing"

    def __init__(self) -> None:
        message = "every POST needs this header, so that a retry never posts twice"
        super().__init__(f"Idempotency-Key: {message}", FieldError("Idempotency-Key", "required", message))


class MethodNotAllowed(Refusal):
    code = "method_not_allowed"

    def __init__(self, method: str, allow: str) -> None:
        super().__init__(f"this path does not take {method}; it takes {allow}")
        self.headers = ((b"allow", allow.encode("ascii")),)


class NotAcceptable(Refusal):
    code = "not_acceptable"

    def __init__(self) -> None:
        super().__init__("Accept excludes application/json, which is all this API answers with")


class PayloadTooLarge(Refusal):
    code = "payload_too_large"

    def __init__(self) -> None:
        super().__init__(f"the body is larger than {limits.BODY_BYTES} bytes")


class UnsupportedMediaType(Refusal):
    code = "unsupported_media_type"


class HeadersTooLarge(Refusal):
    code = "headers_too_large"

    def __init__(self) -> None:
        super().__init__(f"the headers are larger than {limits.HEADER_BYTES} bytes in total")


class ClientGone(Exception):
    """The client closed the connection before its body was complete; no answer is sent."""
