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
    """The rest of the body is not read, so that the connection cannot be used again."""

    code = "payload_too_large"
    headers = ((b"connection", b"close"),)

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is larger than {limit_bytes} bytes")


class UnsupportedMediaType(Refusal):
    code = "unsupported_media_type"


class HeadersTooLarge(Refusal):
    code = "headers_too_large"

    def __init__(self) -> None:
        size = f"larger than {limits.HEADER_BYTES} bytes together"
        super().__init__(f"the URL and the headers are {size}, or there are more than {limits.HEADER_FIELDS} headers")


class FramingTooLarge(Refusal):
    code = "headers_too_large"

    def __init__(self) -> None:
        size = f"larger than {limits.TRAILER_BYTES} bytes"
        super().__init__(f"what the chunked body has beside its content, such as trailers and chunk extensions, is {size}")


class UriTooLong(Refusal):
    code = "uri_too_long"

    def __init__(self) -> None:
        super().__init__(f"the URL is larger than {limits.HEADER_BYTES} bytes")


class NotHttp(Refusal):
    code = "validation_failed"

    def __init__(self, detail: str = "the request is not valid HTTP/1.1") -> None:
        super().__init__(detail)


class MisdirectedRequest(Refusal):
    code = "misdirected_request"

    def __init__(self) -> None:
        super().__init__("the request names another host than the connection, or than its own Host header")


class ClientCertificateUnusable(Refusal):
    """What a trusted proxy says about the client's certificate cannot be understood; it is `problem` that is wrong with it."""

    code = "validation_failed"

    def __init__(self, problem: str) -> None:
        super().__init__(f"Client-Cert: {problem}", FieldError("Client-Cert", "invalid", problem))


class HttpVersionNotSupported(Refusal):
    code = "http_version_not_supported"

    def __init__(self, version: str) -> None:
        super().__init__(f"HTTP/{version} is not served here; send HTTP/1.1")


class TransferCodingNotImplemented(Refusal):
    code = "not_implemented"

    def __init__(self) -> None:
        super().__init__("Transfer-Encoding names another coding than chunked")


class RequestTimeout(Refusal):
    code = "request_timeout"

    def __init__(self) -> None:
        super().__init__("the request did not arrive completely in time; nothing was posted")


class TooManyConnections(Refusal):
    code = "overloaded"
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("this process has as many connections as it may have, and all of them have requests under way")


class ClientGone(Exception):
    """The client closed the connection before its body was complete; no answer is sent."""
