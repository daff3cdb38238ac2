"""Sends requests of our own to a deployment, in addition to those of Schemathesis; answers have the type its checks receive."""

from typing import Any

from requests import PreparedRequest, Request, Session
from schemathesis.core.transport import Response

from app.conformance.fuzz.plan import REQUEST_TIMEOUT_SECONDS, Target


class DeploymentClient:
    """Keeps one connection open, follows no redirects and reads no proxy settings from the environment."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._session = Session()
        self._session.trust_env = False
        self._session.verify, self._session.cert = target.tls.for_requests()

    def send(self, request: PreparedRequest) -> Response:
        """Raises requests.RequestException."""
        answer = self._session.send(
            request,
            timeout=REQUEST_TIMEOUT_SECONDS,
            allow_redirects=False,
            verify=self._session.verify,
            cert=self._session.cert,
        )
        return Response.from_requests(answer, verify=True)

    def get(self, path: str, token: str | None = None, **query: str) -> Response:
        """`path` is relative to the base path; `token` is sent instead of the target's."""
        return self.send(self._prepare("GET", path, {}, token, params=query))

    def post(self, path: str, body: Any, key: str) -> Response:
        return self.send(self._prepare("POST", path, {"Idempotency-Key": key}, None, json=body))

    def _prepare(self, method: str, path: str, headers: dict[str, str], token: str | None, **parts: Any) -> PreparedRequest:
        if bearer := token or self.target.token:
            headers["Authorization"] = f"Bearer {bearer}"
        return self._session.prepare_request(Request(method, self.target.url + path, headers=headers, **parts))
