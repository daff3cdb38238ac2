"""Sends requests of the contract."""

import httpx

from app.conformance.example_requests import ContractRequest
from tests.support.waiting import HANG_SECONDS


def answered(url: str, request: ContractRequest, token: str | None, **headers: str) -> httpx.Response:
    """The answer of the deployment or the mock at `url`, which ends in the base path."""
    sent = {**request.headers, **headers, "Authorization": f"Bearer {token}"}
    if request.content_type:
        sent["Content-Type"] = request.content_type
    return httpx.request(
        request.method, url + request.path, params=request.query, headers=sent, content=request.content, timeout=HANG_SECONDS
    )
