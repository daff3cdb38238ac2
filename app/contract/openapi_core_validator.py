"""openapi-core checks a response, a request body or a webhook, independently of our validators, by the same 3.1 document.

Slow (milliseconds), so it is for tests, development and samples. Where the two libraries read a keyword differently, the
copy that openapi-core is given says what the document means: `$` in a pattern is the very end in ECMA-262, but in Python also
the place before a last line feed; formats are ours; any host may serve the base path.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from urllib.parse import quote

from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator, V31WebhookRequestValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request import V31RequestBodyValidator
from werkzeug.datastructures import Headers

from app.contract.formats import FORMATS
from app.contract.routing_view import BASE_PATH

RawHeaders = Iterable[tuple[bytes, bytes]]
"""As ASGI has them: names in lower case."""
_RULE_MAX: Final = 100
_HOST: Final = "http://localhost"


@dataclass(slots=True)
class _Request:
    """What openapi-core needs to find the operation."""

    method: str
    path: str
    host_url: str = _HOST
    content_type: str = ""
    body: bytes | None = None
    parameters: RequestParameters = field(default_factory=RequestParameters)


@dataclass(slots=True)
class _WebhookRequest:
    """What openapi-core needs to find the webhook: its name, and the one method that webhooks are sent with."""

    name: str
    content_type: str
    body: bytes
    method: str = "post"
    parameters: RequestParameters = field(default_factory=RequestParameters)


@dataclass(slots=True)
class _Response:
    status_code: int
    headers: Headers
    content_type: str
    data: bytes


class OpenApiCoreValidator:
    """Made once; may be asked from any thread, and answers one at a time."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """`contract` is an OpenAPI 3.1 document."""
        document = SchemaPath.from_dict({**_in_python(contract), "servers": [{"url": BASE_PATH}]})
        formats = {name: _of_text(is_valid) for name, is_valid in FORMATS.items()}
        self._lock = Lock()
        self._responses = V31ResponseValidator(
            document,
            extra_format_validators=formats,
            extra_media_type_deserializers={"application/problem+json": json.loads},
        )
        self._bodies = V31RequestBodyValidator(document, extra_format_validators=formats)
        self._webhooks = V31WebhookRequestValidator(document, extra_format_validators=formats)

    def check_response(self, method: str, path: str, query: bytes, status: int, headers: RawHeaders, body: bytes) -> str | None:
        """None for a response that the document declares, else what is wrong.

        `path` is the complete path, decoded, base path included; `query` does not matter.
        """
        named = _named(headers)
        request = _Request(method.lower(), quote(path, safe="/"))
        response = _Response(status, named, _media_type(named), body)
        return self._violations(body, lambda: self._responses.iter_errors(request, response))

    def check_request_body(self, method: str, path: str, headers: RawHeaders, body: bytes) -> str | None:
        """None for a body that the document declares for the operation, else what is wrong; `path` as above."""
        media_type = _media_type(_named(headers))
        request = _Request(method.lower(), quote(path, safe="/"), content_type=media_type, body=body)
        return self._violations(body, lambda: self._bodies.iter_errors(request))

    def check_webhook(self, name: str, body: bytes, headers: RawHeaders) -> str | None:
        """None for a request that the document declares for the webhook `name`, else what is wrong."""
        named = _named(headers)
        request = _WebhookRequest(name, _media_type(named), body, parameters=RequestParameters(header=named))
        return self._violations(body, lambda: self._webhooks.iter_errors(request))

    def _violations(self, body: bytes, errors: Callable[[], Iterable[Exception]]) -> str | None:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            return f"body is not UTF-8: {error}"
        with self._lock:
            found = [_in_words(error) for error in errors()]
        return "; ".join(found) or None


def _named(headers: RawHeaders) -> Headers:
    return Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").lower()


def _in_python(value: Any, name: str = "") -> Any:
    """The value with every pattern written for Python's `re`, in which `\\Z` is the very end."""
    if isinstance(value, dict):
        return {key: _in_python(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_in_python(member) for member in value]
    if name == "pattern" and isinstance(value, str) and value.endswith("$"):
        return value[:-1] + r"\Z"
    return value


def _of_text(is_valid: Callable[[str], bool]) -> Callable[[Any], bool]:
    """A format speaks of strings only; `type` refuses everything else."""
    return lambda value: not isinstance(value, str) or is_valid(value)


def _in_words(error: Exception) -> str:
    """The error, or the places and rules of the schema errors behind it; no values, because it may be logged."""
    details = getattr(error.__cause__, "schema_errors", ())
    places = [
        f"/{'/'.join(map(str, each.absolute_path))}: {each.validator} {str(each.validator_value)[:_RULE_MAX]}" for each in details
    ]
    return "; ".join(places) or str(error)
