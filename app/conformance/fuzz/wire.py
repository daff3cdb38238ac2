"""Requests of our own to a deployment, beside those that Schemathesis makes; answers have the type its checks are given."""

from typing import Any, Final

from requests import PreparedRequest, Request, Session
from schemathesis.core.transport import Response

from app.conformance.fuzz.plan import Target

TIMEOUT_SECONDS: Final = 30


class Wire:
    """One connection that is kept; follows no redirect and reads no setting of the environment."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._session = Session()
        self._session.trust_env = False

    def send(self, request: PreparedRequest) -> Response:
        """Raises requests.RequestException."""
        answer = self._session.send(request, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        return Response.from_requests(answer, verify=True)

    def get(self, path: str, token: str | None = None, **query: str) -> Response:
        """`path` is below the base path; `token` stands in for the target's own."""
        return self.send(self._prepared("GET", path, {}, token, params=query))

    def post(self, path: str, body: Any, key: str) -> Response:
        return self.send(self._prepared("POST", path, {"Idempotency-Key": key}, None, json=body))

    def _prepared(self, method: str, path: str, headers: dict[str, str], token: str | None, **parts: Any) -> PreparedRequest:
        if bearer := token or self.target.token:
            headers["Authorization"] = f"Bearer {bearer}"
        return self._session.prepare_request(Request(method, self.target.url + path, headers=headers, **parts))
