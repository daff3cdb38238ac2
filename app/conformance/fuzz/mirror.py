"""Sends every request to a second deployment on another engine too, and compares the answers.

The two deployments create different ids and page tokens. Their answers show which id of the one corresponds to which of the
other; in later requests the ids are replaced accordingly before they are sent to the mirror.
"""

import json
import re
from typing import Any, Final

from requests import PreparedRequest
from schemathesis.core.transport import Response

from app.conformance.fuzz.deployment_client import DeploymentClient
from app.conformance.fuzz.plan import Target

UUID_PATTERN: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
TIMESTAMP_PATTERN: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
PAGE_TOKEN_PATTERN: Final = re.compile(r"(?<=page_token=)[^&]+")
UNCOMPARED_HEADERS: Final = frozenset({"date", "content-length", "location"})
UNCOMPARED_FIELDS: Final = frozenset({"trace_id", "secret", "previous_secret"})
PAGE_TOKEN_FIELDS: Final = frozenset({"next_page_token", "next_lines_page_token"})


class Mirror:
    """Has to receive every request that changes the ledger, in the order in which the target answered them."""

    def __init__(self, target: Target, mirror: Target) -> None:
        self._target = target
        self._client = DeploymentClient(mirror)
        self._id_map: dict[str, str] = {}

    def differences(self, response: Response) -> list[str]:
        """Sends the request that the target answered with `response` to the mirror, and describes how its answer differs."""
        mirrored = self._client.send(self._translate_request(response.request))
        if response.status_code != mirrored.status_code:
            return [f"status {response.status_code}, but {mirrored.status_code} with {mirrored.content[:500]!r}"]
        headers = [
            f"header {name}: {response.headers.get(name)}, but {mirrored.headers.get(name)}"
            for name in sorted({*response.headers, *mirrored.headers} - UNCOMPARED_HEADERS)
            if response.headers.get(name) != mirrored.headers.get(name)
        ]
        return headers + self._compare("", _decode_body(response), _decode_body(mirrored))

    def _translate_request(self, request: PreparedRequest) -> PreparedRequest:
        translated = request.copy()
        url = self._translate_ids((request.url or "").replace(self._target.url, self._client.target.url, 1))
        translated.url = PAGE_TOKEN_PATTERN.sub(lambda found: self._id_map.get(found[0], found[0]), url)
        for name, value in request.headers.items():
            if isinstance(value, str):
                translated.headers[name] = self._translate_ids(value)
        if translated.headers.get("Authorization") == f"Bearer {self._target.token}":
            translated.headers["Authorization"] = f"Bearer {self._client.target.token}"
        if isinstance(request.body, bytes):
            translated.body = self._translate_ids(request.body.decode("latin-1")).encode("latin-1")
        elif isinstance(request.body, str):
            translated.body = self._translate_ids(request.body)
        return translated

    def _translate_ids(self, text: str) -> str:
        return UUID_PATTERN.sub(lambda found: self._id_map.get(found[0].lower(), found[0]), text)

    def _compare(self, place: str, target: Any, mirror: Any) -> list[str]:
        match target, mirror:
            case dict(), dict() if target.keys() == mirror.keys():
                return [each for name in target for each in self._compare(f"{place}/{name}", target[name], mirror[name])]
            case list(), list() if len(target) == len(mirror):
                pairs = enumerate(zip(target, mirror, strict=True))
                return [each for index, pair in pairs for each in self._compare(f"{place}/{index}", *pair)]
            case str(), str() if self._is_equivalent(place.rpartition("/")[2], target, mirror):
                return []
        return [] if target == mirror else [f"{place or 'body'}: {target!r}, but {mirror!r}"]

    def _is_equivalent(self, name: str, target: str, mirror: str) -> bool:
        """Whether the two values of this field correspond; ids that are seen for the first time are added to the map."""
        if target == mirror or name in UNCOMPARED_FIELDS:
            return True
        if name in PAGE_TOKEN_FIELDS or (UUID_PATTERN.fullmatch(target) and UUID_PATTERN.fullmatch(mirror)):
            return self._id_map.setdefault(target, mirror) == mirror or name in PAGE_TOKEN_FIELDS
        if TIMESTAMP_PATTERN.fullmatch(target) and TIMESTAMP_PATTERN.fullmatch(mirror):
            return True
        return self._translate_ids(target) == mirror


def _decode_body(response: Response) -> Any:
    """The body as JSON data, or as bytes if it is not JSON."""
    try:
        return json.loads(response.content)
    except ValueError:
        return response.content
