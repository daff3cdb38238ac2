"""The same judgement on a response from other code: openapi-core, reading the same 3.1 document.

Slow (milliseconds), so it is for tests, development and samples. Where the two libraries read a keyword differently, the
copy that openapi-core is given says what the document means: `$` in a pattern is the very end in ECMA-262, but in Python also
the place before a last line feed; formats are ours; any host may serve the base path.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from urllib.parse import quote

from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers

from app.contract.document import Contract
from app.contract.formats import FORMATS
from app.contract.routing_view import BASE_PATH

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
class _Response:
    status_code: int
    headers: Headers
    content_type: str
    data: bytes


class SecondOpinion:
    """Made once; may be asked from any thread, and answers one at a time."""

    def __init__(self, contract: Contract) -> None:
        document = {**_in_python(contract.document), "servers": [{"url": BASE_PATH}]}
        self._lock = Lock()
        self._validator = V31ResponseValidator(
            SchemaPath.from_dict(document),
            extra_format_validators={name: _of_text(judge) for name, judge in FORMATS.items()},
            extra_media_type_deserializers={"application/problem+json": json.loads},
        )

    def check_response(
        self, method: str, path: str, query: bytes, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes
    ) -> str | None:
        """None for a response that the document declares, else what is wrong.

        `path` is the whole path, decoded, base path included; `query` takes no part in the judgement.
        """
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            return f"body is not UTF-8: {error}"
        named = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
        request = _Request(method.lower(), quote(path, safe="/"))
        response = _Response(status, named, named.get("content-type", "").lower(), body)
        with self._lock:
            errors = [_in_words(error) for error in self._validator.iter_errors(request, response)]
        return "; ".join(errors) or None


def _in_python(value: Any, name: str = "") -> Any:
    """The value with every pattern written for Python's `re`, in which `\\Z` is the very end."""
    if isinstance(value, dict):
        return {key: _in_python(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_in_python(member) for member in value]
    if name == "pattern" and isinstance(value, str) and value.endswith("$"):
        return value[:-1] + r"\Z"
    return value


def _of_text(judge: Callable[[str], bool]) -> Callable[[Any], bool]:
    """A format speaks of strings only; `type` refuses everything else."""
    return lambda value: not isinstance(value, str) or judge(value)


def _in_words(error: Exception) -> str:
    """The error, or the places and rules of the schema errors behind it."""
    details = getattr(error.__cause__, "schema_errors", ())
    places = [f"/{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in details]
    return "; ".join(places) or str(error)
