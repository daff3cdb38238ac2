"""A second deployment, on another engine, that gets every request too and has to answer alike.

Ids and page tokens that the two make for themselves differ. Answers tell which belongs to which, and a request that
names one of them is sent to the mirror with its twin.
"""

import json
import re
from typing import Any, Final

from requests import PreparedRequest
from schemathesis.core.transport import Response

from app.conformance.fuzz.plan import Target
from app.conformance.fuzz.wire import Wire

UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
PAGE_TOKEN: Final = re.compile(r"(?<=page_token=)[^&]+")
OWN_HEADERS: Final = frozenset({"date", "content-length"})
"""Headers whose values may differ."""
OWN_FIELDS: Final = frozenset({"trace_id"})
PAGE_TOKENS: Final = frozenset({"next_page_token", "next_lines_page_token"})


class Mirror:
    """Has to see every request that changes something, in the order in which the target answered them."""

    def __init__(self, target: Target, mirror: Target) -> None:
        self._target = target
        self._wire = Wire(mirror)
        self._twins: dict[str, str] = {}

    def differences(self, response: Response) -> list[str]:
        """Sends the request behind the target's `response` to the mirror, and says where its answer is another one."""
        twin = self._wire.send(self._twin_of(response.request))
        if response.status_code != twin.status_code:
            return [f"status {response.status_code}, but {twin.status_code} with {twin.content[:500]!r}"]
        headers = [
            f"header {name}: {response.headers.get(name)}, but {twin.headers.get(name)}"
            for name in sorted({*response.headers, *twin.headers} - OWN_HEADERS)
            if response.headers.get(name) != twin.headers.get(name)
        ]
        return headers + self._compared("", _read(response), _read(twin))

    def _twin_of(self, request: PreparedRequest) -> PreparedRequest:
        twin = request.copy()
        twin.url = self._translated((request.url or "").replace(self._target.url, self._wire.target.url, 1))
        twin.url = PAGE_TOKEN.sub(lambda found: self._twins.get(found[0], found[0]), twin.url)
        for name, value in request.headers.items():
            if isinstance(value, str):
                twin.headers[name] = self._translated(value)
        if twin.headers.get("Authorization") == f"Bearer {self._target.token}":
            twin.headers["Authorization"] = f"Bearer {self._wire.target.token}"
        if isinstance(request.body, bytes):
            twin.body = self._translated(request.body.decode("latin-1")).encode("latin-1")
        elif isinstance(request.body, str):
            twin.body = self._translated(request.body)
        return twin

    def _translated(self, text: str) -> str:
        return UUID.sub(lambda found: self._twins.get(found[0].lower(), found[0]), text)

    def _compared(self, place: str, ours: Any, theirs: Any) -> list[str]:
        match ours, theirs:
            case dict(), dict() if ours.keys() == theirs.keys():
                return [each for name in ours for each in self._compared(f"{place}/{name}", ours[name], theirs[name])]
            case list(), list() if len(ours) == len(theirs):
                return [
                    each
                    for i, pair in enumerate(zip(ours, theirs, strict=True))
                    for each in self._compared(f"{place}/{i}", *pair)
                ]
            case str(), str() if self._is_twin(place.rpartition("/")[2], ours, theirs):
                return []
        return [] if ours == theirs else [f"{place or 'body'}: {ours!r}, but {theirs!r}"]

    def _is_twin(self, name: str, ours: str, theirs: str) -> bool:
        if ours == theirs or name in OWN_FIELDS:
            return True
        if name in PAGE_TOKENS or (UUID.fullmatch(ours) and UUID.fullmatch(theirs)):
            return self._twins.setdefault(ours, theirs) == theirs or name in PAGE_TOKENS
        if TIMESTAMP.fullmatch(ours) and TIMESTAMP.fullmatch(theirs):
            return True
        return self._translated(ours) == theirs


def _read(response: Response) -> Any:
    """The body as data, or as bytes where it is no JSON."""
    try:
        return json.loads(response.content)
    except ValueError:
        return response.content
