"""Reads the body of a request strictly: exactly one JSON text in UTF-8; whatever is ambiguous is refused."""

import re
from typing import Any, Final

import jiter

from app import limits
from app.edge.asgi_types import Receive
from app.edge.refusals import ClientGone, MalformedJson, PayloadTooLarge, UnsupportedMediaType
from app.edge.request import Request

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9a-z-]+"
_PARAMETER: Final = re.compile(rf'[ \t]*;[ \t]*(?:({_TOKEN})=("(?:[^"\\]|\\.)*"|{_TOKEN}))?', re.IGNORECASE)
"""RFC 9110, 5.6.6: a parameter may be missing after its semicolon."""
_QUOTED_PAIR: Final = re.compile(r"\\(.)")
CONTAINER: Final = (dict, list)
LENGTH_DIGITS: Final = len(str(limits.LARGEST_BODY_BYTES))
QUOTED: Final = 100
"""The most characters of a duplicate key that an answer repeats."""


async def read_json(request: Request, receive: Receive, limit_bytes: int) -> Any:
    """Raises UnsupportedMediaType, PayloadTooLarge, MalformedJson; ClientGone when the body never ends."""
    _check_media_type(request)
    return parse_json(await read_body(receive, limit_bytes))


def check_announced_length(request: Request, limit_bytes: int) -> None:
    """Raises PayloadTooLarge for a length that no body of this operation has, before anything of the body is read."""
    announced = request.headers.get(b"content-length")
    if announced is not None and (len(announced) > LENGTH_DIGITS or not announced.isdigit() or int(announced) > limit_bytes):
        raise PayloadTooLarge(limit_bytes)


def parse_json(text: bytes) -> Any:
    """Raises MalformedJson, saying the line and the column where the text stops being what it should be."""
    if not text:
        raise MalformedJson("the body is empty")
    try:
        return jiter.from_json(text, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        raise MalformedJson(f"the body is not one JSON text: {_reason(str(error))}") from None


def check_depth(value: Any) -> None:
    """Raises MalformedJson. It is called only for a body that its schema refuses; no schema admits one that is nested so deep."""
    if _depth_exceeds(value, limits.BODY_DEPTH):
        raise MalformedJson(f"the body is nested deeper than {limits.BODY_DEPTH} levels")


def _check_media_type(request: Request) -> None:
    content_type = request.headers.get(b"content-type")
    if content_type != b"application/json" or b"content-type" in request.repeated_headers:
        _check_unusual_media_type(content_type, b"content-type" in request.repeated_headers)
    encoding = request.headers.get(b"content-encoding")
    if encoding is not None and (encoding.strip().lower() != b"identity" or b"content-encoding" in request.repeated_headers):
        raise UnsupportedMediaType("the body has a content encoding; send it as it is")


def _check_unusual_media_type(content_type: bytes | None, is_repeated: bool) -> None:
    if is_repeated:
        raise UnsupportedMediaType("Content-Type was sent more than once")
    if content_type is None:
        raise UnsupportedMediaType("Content-Type is missing; send application/json")
    media_type, semicolon, rest = content_type.decode("latin-1").partition(";")
    if media_type.strip().lower() != "application/json":
        raise UnsupportedMediaType("Content-Type is not application/json")
    position = 0
    parameters = semicolon + rest.rstrip()
    while position < len(parameters):
        match = _PARAMETER.match(parameters, position)
        if match is None:
            raise UnsupportedMediaType("Content-Type has a malformed parameter")
        name, value = match.groups(default="")
        if name.lower() == "charset" and _QUOTED_PAIR.sub(r"\1", value.strip('"')).lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType("the body has a charset other than UTF-8")
        position = match.end()


async def read_body(receive: Receive, limit_bytes: int) -> bytes:
    """Raises PayloadTooLarge as soon as more than the limit has come, and ClientGone."""
    body = b""
    parts = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        body = message.get("body", b"")
        more = message.get("more_body", False)
        if len(parts) + len(body) > limit_bytes:
            raise PayloadTooLarge(limit_bytes)
        if more or parts:
            parts += body
    return bytes(parts) if parts else body


def _reason(message: str) -> str:
    """The parser's message; a duplicate key, which it quotes, is cut to its first characters."""
    found, quote, rest = message.partition('"')
    if not quote:
        return message
    key, _, position = rest.rpartition('" at ')
    shown = key if len(key) <= QUOTED else f"{key[:QUOTED]}…"
    return f'{found}"{shown}" at {position}'


def _depth_exceeds(value: Any, depth: int) -> bool:
    """Whether arrays and objects are nested more than `depth` deep; goes level by level, without recursion."""
    containers = [value] if isinstance(value, CONTAINER) else []
    for _ in range(depth):
        children = (child for value in containers for child in (value.values() if isinstance(value, dict) else value))
        containers = [child for child in children if isinstance(child, CONTAINER)]
        if not containers:
            return False
    return True
