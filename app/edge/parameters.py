"""Path, query and header parameters of one operation: checked, coerced and complete, or refused all at once."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl

from app.contract.formats import moment_of
from app.contract.parameters import Parameter
from app.edge.asgi_types import Headers
from app.edge.refusals import IdempotencyKeyMissing, ValidationFailed
from app.edge.request import Request
from app.refusal import FieldError

COERCIONS: Final[dict[str, Callable[[str], Any]]] = {
    "string": str,
    "integer": int,
    "date": date.fromisoformat,
    "date-time": moment_of,
    "uuid": str.lower,
}
QUERY_FIELDS: Final = 100
NAME_SHOWN: Final = 100
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
CLIENT_TRACE: Final = "X-Trace-Id"
UNREAD_HEADERS: Final = frozenset(("traceparent", CLIENT_TRACE))
"""Declared, but never a reason to refuse a request: an invalid traceparent starts a new trace, and X-Trace-Id is ignored."""
CLIENT_TRACE_DEPRECATED: Final[Headers] = (
    (b"deprecation", b"@1767225600"),
    (b"sunset", b"Thu, 01 Oct 2026 00:00:00 GMT"),
)
"""RFC 9745 and RFC 8594; the sunset is the contract's, and has passed."""


class ParameterReader:
    """Compiled once per operation."""

    def __init__(self, parameters: tuple[Parameter, ...]) -> None:
        self.path = {each.name: each for each in parameters if each.location == "path"}
        self.query = {each.name: each for each in parameters if each.location == "query"}
        self.defaults = {each.name: each.default for each in self.query.values() if each.default is not None}
        self.required = tuple(each.name for each in self.query.values() if each.required)
        self.headers = tuple(
            (each.name.lower().encode("ascii"), each)
            for each in parameters
            if each.location == "header" and each.name not in UNREAD_HEADERS
        )
        self.declares_client_trace = any(each.name == CLIENT_TRACE for each in parameters)

    def read(self, path: Mapping[str, str], query: bytes, request: Request) -> dict[str, Any]:
        """Path and query parameters by name, as `Call.parameters` describes them.

        Raises ValidationFailed with an error for each one that is wrong, and IdempotencyKeyMissing.
        """
        if self.declares_client_trace and b"x-trace-id" in request.headers:
            request.response_headers += CLIENT_TRACE_DEPRECATED
        values: dict[str, Any] = dict(self.defaults)
        errors: list[FieldError] = []
        for name, text in path.items():
            _take(self.path[name], text, values, errors)
        if query or self.required:
            self._read_query(query, values, errors)
        for header, parameter in self.headers:
            _check_header(header, parameter, request, errors)
        if errors:
            raise ValidationFailed(*errors)
        return values

    def _read_query(self, query: bytes, values: dict[str, Any], errors: list[FieldError]) -> None:
        seen: set[str] = set()
        for name, text in _pairs(query):
            parameter = self.query.get(name)
            if parameter is None:
                errors.append(FieldError(name[:NAME_SHOWN], "unexpected", "is not a parameter of this operation"))
            elif name in seen:
                errors.append(FieldError(name, "repeated", "was sent more than once"))
            else:
                seen.add(name)
                _take(parameter, text, values, errors)
        errors += [FieldError(name, "required", "is missing") for name in self.required if name not in seen]


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="strict", max_num_fields=QUERY_FIELDS)
    except ValueError:
        raise ValidationFailed(FieldError("query", "invalid", "the query string is too long or not UTF-8")) from None


def _take(parameter: Parameter, text: str, values: dict[str, Any], errors: list[FieldError]) -> None:
    """Adds the coerced value to `values`, or what is wrong with it to `errors`."""
    message = parameter.check(text)
    if message is None:
        values[parameter.name] = COERCIONS[parameter.kind](text)
    else:
        errors.append(FieldError(parameter.name, "invalid", message))


def _check_header(header: bytes, parameter: Parameter, request: Request, errors: list[FieldError]) -> None:
    raw = request.headers.get(header)
    if raw is None:
        if parameter.name == IDEMPOTENCY_KEY:
            raise IdempotencyKeyMissing
        if parameter.required:
            errors.append(FieldError(parameter.name, "required", "is missing"))
        return
    if header in request.repeated_headers:
        errors.append(FieldError(parameter.name, "repeated", "was sent more than once"))
        return
    message = parameter.check(raw.decode("latin-1"))
    if message is not None:
        errors.append(FieldError(parameter.name, "invalid", message))
