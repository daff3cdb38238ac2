"""Holds one answer of a deployment against the document: its status, its body and its headers."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

from app.contract.operations import OperationContract, follow_reference

TRANSPORT_HEADERS: Final = frozenset(
    {"alt-svc", "cache-control", "connection", "content-length", "content-security-policy", "content-type", "date", "etag"}
    | {"keep-alive", "referrer-policy", "server", "strict-transport-security", "transfer-encoding", "vary", "via"}
)
"""Headers of HTTP itself, of caches and of gateways, which the document does not declare."""
GATEWAY_HEADER_PREFIXES: Final = ("access-control-", "cf-", "sl-", "x-")
"""Prefixes of headers that gateways and the mock add."""


def violations(document: Mapping[str, Any], operation: OperationContract, answer: httpx.Response) -> Iterator[str]:
    """What of the answer breaks the document, in words."""
    if violation := body_violation(operation, answer):
        yield violation
    for name in sorted(wrong_headers(document, operation, answer)):
        yield f"the header {name[1:]} is {'required and missing' if name[0] == '-' else 'not declared'}"


def wrong_headers(document: Mapping[str, Any], operation: OperationContract, answer: httpx.Response) -> set[str]:
    """`+name` for each header that is sent but not declared, `-name` for each that is required but not sent."""
    responses = document["paths"][operation.path][operation.method.lower()]["responses"]
    if str(answer.status_code) not in responses:
        return set()
    declared = follow_reference(document, responses[str(answer.status_code)]).get("headers", {})
    required = {name.lower() for name, each in declared.items() if follow_reference(document, each).get("required")}
    sent = set(map(str.lower, answer.headers))
    ours = {name for name in sent - TRANSPORT_HEADERS if not name.startswith(GATEWAY_HEADER_PREFIXES)}
    return {f"+{name}" for name in ours - {name.lower() for name in declared}} | {f"-{name}" for name in required - sent}


def body_violation(operation: OperationContract, answer: httpx.Response) -> str | None:
    media_type = answer.headers.get("content-type", "").partition(";")[0].lower()
    validator = operation.responses.get((answer.status_code, media_type))
    return validator.check(decode_body(answer)) if validator else f"{answer.status_code} is not declared"


def decode_body(answer: httpx.Response) -> Any:
    """The body as JSON data, or as text if it is not JSON."""
    try:
        return answer.json()
    except ValueError:
        return answer.text
