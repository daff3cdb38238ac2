"""Whether the caller accepts JSON. Most send one of three common values; all others are evaluated as RFC 9110 says."""

import re
from typing import Final

from app.edge.refusals import NotAcceptable
from app.edge.request import Request

_COMMON: Final = frozenset((b"*/*", b"application/json", b""))
_QUALITY: Final = re.compile(r"q\s*=\s*(0?\.[0-9]+|0\.?|1(?:\.0*)?)", re.IGNORECASE)
"""With or without a digit before the point, as clients of many years write it."""
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"?')
_SPECIFICITY: Final = {"*": 1, "*/*": 1, "application/*": 2, "application/json": 3}


def check_accept(request: Request, raw_headers: list[tuple[bytes, bytes]]) -> None:
    """Raises NotAcceptable."""
    accept = request.headers.get(b"accept")
    if accept is None:
        return
    if b"accept" in request.repeated_headers:
        accept = b",".join(value for name, value in raw_headers if name == b"accept")
    if accept not in _COMMON and not accepts_json(accept.decode("latin-1")):
        raise NotAcceptable


def accepts_json(accept: str) -> bool:
    """Whether the most specific range that covers application/json has a quality above zero."""
    specificity, quality = 0, 0.0
    for media_range in _QUOTED.sub("", accept).split(","):
        media_type, *parameters = [part.strip() for part in media_range.split(";")]
        rank = _SPECIFICITY.get(media_type.lower(), 0)
        if rank > specificity:
            specificity, quality = rank, _quality(parameters)
        elif rank == specificity and rank:
            quality = max(quality, _quality(parameters))
    return quality > 0


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter[:1] in "qQ" and parameter[1:].lstrip()[:1] == "=":
            match = _QUALITY.fullmatch(parameter)
            return float(match[1]) if match else 0.0
    return 1.0
