"""Requests about webhook endpoints, as a tenant sends them."""

from typing import Any, Final

import httpx

from tests.support.client import LedgerClient

URL: Final = "https://hooks.example.com/hpts"
ENDPOINTS: Final = "/webhook-endpoints"


def make(client: LedgerClient, key: str | None = None, **fields: Any) -> httpx.Response:
    return client.post(ENDPOINTS, {"url": URL, "starts": "now", **fields}, key)


def made(client: LedgerClient, **fields: Any) -> dict[str, Any]:
    response = make(client, **fields)
    assert response.status_code == 201, response.text
    return dict(response.json())


def show(client: LedgerClient, endpoint_id: str) -> dict[str, Any]:
    response = client.get(f"{ENDPOINTS}/{endpoint_id}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def change(client: LedgerClient, endpoint_id: str, what: str, key: str | None = None, **fields: Any) -> httpx.Response:
    return client.post(f"{ENDPOINTS}/{endpoint_id}/{what}", fields, key)


def listed(client: LedgerClient, endpoint_id: str, **filters: Any) -> list[dict[str, Any]]:
    response = client.get(f"{ENDPOINTS}/{endpoint_id}/deliveries", **filters)
    assert response.status_code == 200, response.text
    return list(response.json()["items"])
