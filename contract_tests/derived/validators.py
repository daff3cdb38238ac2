"""Whether a case is accepted, by the compiled validators or by openapi-core.

A validator is made for one document, so that a copy with one keyword less can be tried with the same cases.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.parameters import parameter_of
from app.contract.routing_view import BASE_PATH
from app.contract.validators import BodyValidator, Checker
from tests.support.schema_cases.cases import cases, complete_value
from tests.support.schema_cases.nodes import Case
from tests.support.schema_cases.roots import DOCUMENT, Root, Use, at_exactly, corpus, roots

ABSENT: Final = None
"""Instead of a text: the parameter or header is not sent."""
EMPTY: Final = b""
"""Instead of a JSON value: there is no body."""
NO_INTEGERS: Final = ("x", "1.5", "1.0", "", "1e3", "0x1")
UNUSUAL_INTEGERS: Final = ("+1", "1_0", "01", " 1", "1\n", "١")
"""Read by openapi-core, which reads headers with Python's `int`; refused in parameters, which are read by ourselves."""
HEADERS: Final = {
    "www-authenticate": "Bearer",
    "idempotency-replayed": "true",
    "retry-after": "1",
    "location": "/v1/journal-entries/1",
    "x-request-trace": "4bf92f3577b34da6a3ce929d0e0e4736",
}

Accepts = Callable[[Any], bool]
"""Whether a value is valid."""


def all_cases(root: Root) -> tuple[Case, ...]:
    """All cases of the root: bodies, of a webhook also none, or texts and their absence."""
    if root.kind in ("response", "request"):
        return corpus(root)
    if root.kind == "webhook":
        return (*corpus(root), Case(EMPTY, (f"{root.pointer.partition('/content')[0]}/required",), is_valid=False))
    return tuple(_texts(root))


def validator_of(root: Root, document: Mapping[str, Any]) -> Accepts:
    """Whether the root in `document` accepts a value. Raises LookupError, ValueError when it cannot be read."""
    declared = at_exactly(document, root.pointer)
    match root.kind:
        case "parameter":
            return _of_parameter(root, declared, document)
        case "header":
            return _of_header(root, document)
        case "response":
            checker = Checker(declared["schema"], document["components"])
            return lambda value: checker.check(value) is None
        case "request":
            return BodyValidator(declared["schema"], document["components"]).is_valid
        case "webhook":
            openapi_core = OpenApiCoreValidator(document)
            return lambda value: check_request(openapi_core, root, value) is None


def check_request(openapi_core: OpenApiCoreValidator, root: Root, value: Any) -> str | None:
    """What openapi-core finds wrong with the body of a request or a webhook."""
    [use] = root.uses
    body = value if value is EMPTY else json.dumps(value).encode()
    headers = ((b"content-type", use.media_type.encode()),)
    if root.kind == "webhook":
        return openapi_core.check_webhook(use.path, body, headers)
    return openapi_core.check_request_body(use.method, BASE_PATH + use.path, headers, body)


def check_response(openapi_core: OpenApiCoreValidator, use: Use, value: Any, sent: Mapping[str, str] = HEADERS) -> str | None:
    """What openapi-core finds wrong with a response."""
    headers = {"content-type": use.media_type, **sent}
    raw = [(name.encode(), text.encode()) for name, text in headers.items()]
    body = json.dumps(value).encode()
    return openapi_core.check_response(use.method, BASE_PATH + use.path, b"", use.status, raw, body)


def _texts(root: Root) -> Iterator[Case]:
    """What of the schema's cases can be written as text, and what is no number where one is asked for."""
    node, declared = root.node, at_exactly(DOCUMENT, root.pointer)
    is_required = declared.get("required", False)
    yield Case(ABSENT, (f"{root.pointer}/required" if is_required else f"{root.pointer}/schema/default",), not is_required)
    kind = int if node.schema["type"] == "integer" else str
    for case in cases(node):
        text = str(case.value)
        if type(case.value) is kind and (root.kind == "parameter" or (text.isascii() and text.isprintable())):
            yield case.within(text)
    if kind is int:
        unusual = UNUSUAL_INTEGERS if root.kind == "parameter" else ()
        yield from (node.refused(text, "type") for text in (*NO_INTEGERS, *unusual))


def _of_parameter(root: Root, declared: Mapping[str, Any], document: Mapping[str, Any]) -> Accepts:
    """Of a parameter that is not sent, whether it is read as the default that the document, whole, declares."""
    parameter = parameter_of(declared, document["components"])
    default = at_exactly(DOCUMENT, f"{root.pointer}/schema").get("default")
    return lambda text: (
        not parameter.required and parameter.default == default if text is ABSENT else parameter.check(text) is None
    )


def _of_header(root: Root, document: Mapping[str, Any]) -> Accepts:
    openapi_core, use = OpenApiCoreValidator(document), root.uses[0]
    body = complete_value(next(each for each in roots() if each.kind == "response" and use in each.uses).node)
    name = root.name.lower()
    others = {each: text for each, text in HEADERS.items() if each != name}
    return lambda text: check_response(openapi_core, use, body, others if text is ABSENT else {**others, name: text}) is None
