"""Paths and methods that the contract does not have, and the pages of problems."""

from html import unescape
from typing import Final

import httpx
import pytest

from tests.support import raw
from tests.support.client import LedgerClient, new_id
from tests.support.problems import contract, problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS

ALLOWED: Final = {"get": ("GET", "HEAD"), "post": ("POST",)}
PATHS: Final = {
    template.replace("{loan_id}", new_id()).replace("{journal_entry_id}", new_id()).replace("{account_code}", "1100"): ", ".join(
        sorted(allowed for method in item for allowed in ALLOWED.get(method, ()))
    )
    for template, item in contract().document["paths"].items()
}


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_a_method_that_a_path_does_not_take_is_refused_with_those_it_takes(
    server: RunningServer, client: LedgerClient, refusals: Refusals, method: str
) -> None:
    with refusals.nothing_written():
        for path, allow in PATHS.items():
            if method not in allow.split(", "):
                response = send_exactly(server, client, method, path)
                assert (response.status_code, response.headers["allow"]) == (405, allow), (path, response.text)
                problem_of(response, "method_not_allowed")


def test_head_is_answered_like_get_without_the_body(client: LedgerClient) -> None:
    loan_id = client.open_loan()
    paths = (
        "/health/live",
        "/health/ready",
        f"/loans/{loan_id}/balance",
        f"/loans/{new_id()}/balance",
        "/accounts/1/balance",
        "/x",
    )
    for path in paths:
        got, headed = client.http.get(path), client.http.head(path)
        assert (headed.status_code, headed.content) == (got.status_code, b"")
        assert headers_of(headed) == headers_of(got), path
    refused = client.http.head("/payments")
    assert (refused.status_code, refused.headers["allow"], refused.content) == (405, "POST", b"")


def headers_of(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "date"}


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "",
            "/nowhere",
            "/payments/",
            "/payments/x",
            "//payments",
            "/Payments",
            "/loans",
            "/loans/",
            "/loans//balance",
            "/health",
        ),
        *("/%2e%2e/payments", "/payments%2F", "/loans/x/balance/more", "/..%2fpayments", "/payments;x=1", "/payments%00", "/%FF"),
    ],
)
def test_an_unknown_path_is_not_found(server: RunningServer, client: LedgerClient, path: str) -> None:
    for method in ("GET", "POST"):
        problem_of(send_exactly(server, client, method, path), "not_found")


def send_exactly(server: RunningServer, client: LedgerClient, method: str, path: str) -> httpx.Response:
    """A request without a body, to the path exactly as given."""
    return raw.exchange(server.url, raw.request(method, f"/v1{path}", [("Authorization", f"Bearer {client.token}")]))


def test_every_problem_has_a_page_that_its_type_leads_to(server: RunningServer) -> None:
    for code, problem in contract().problems.items():
        page = httpx.get(f"{server.url}/problems/{code}", timeout=HANG_SECONDS, trust_env=False)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert problem.title in unescape(page.text)
