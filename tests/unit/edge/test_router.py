"""Which operation a path leads to."""

import pytest

from tests.corpora.trace_contexts import PLAIN
from tests.unit.edge.support import BALANCE, LOAN, Edge, http_scope, send_request


async def test_a_path_parameter_reaches_the_handler(edge: Edge) -> None:
    reply = await edge.get(f"/v1/loans/{LOAN}/balance")
    assert reply.json == BALANCE
    assert edge.handlers.calls[0].parameters["loan_id"] == LOAN


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/nowhere",
        "/v1/payments/",
        "/v1//payments",
        "/v1/payments/1",
        "/v1/Payments",
        "/v1/loans//balance",
        f"/v1/loans/{LOAN}",
        f"/v1/loans/{LOAN}/balance/",
        f"/v1/loans/{LOAN}/x/balance",
        f"/v1/loans/{LOAN}%2Fbalance",
        "/v1/accruals",
        "/v1/../v1/payments",
    ],
)
async def test_an_unknown_path_is_a_404(edge: Edge, path: str) -> None:
    reply = await edge.get(path)
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize("path", ["/", "/docs", "/v2/payments", "/v1x", "", "/health/live"])
async def test_a_path_outside_the_api_is_a_page(edge: Edge, path: str) -> None:
    assert (await edge.get(path)).body == b"a page"


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [
        ("/v1/payments", "GET", "POST"),
        ("/v1/payments", "DELETE", "POST"),
        ("/v1/payments", "OPTIONS", "POST"),
        ("/v1/payments", "HEAD", "POST"),
        ("/v1/health/live", "POST", "GET, HEAD"),
        ("/v1/health/live", "OPTIONS", "GET, HEAD"),
        (f"/v1/loans/{LOAN}/balance", "PUT", "GET, HEAD"),
        (f"/v1/loans/{LOAN}/balance", "X" * 500, "GET, HEAD"),
    ],
)
async def test_another_method_is_a_405_that_names_the_right_one(edge: Edge, path: str, method: str, allow: str) -> None:
    reply = await send_request(edge.app, http_scope(method, path))
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.header("allow") == allow


@pytest.mark.parametrize("path", ["/v1/health/live", f"/v1/loans/{LOAN}/balance", "/v1/loans/x/balance"])
async def test_head_is_answered_like_get(edge: Edge, path: str) -> None:
    """The server leaves the body out of what it sends."""
    sent = edge.headers((b"traceparent", PLAIN.encode()))
    got, headed = [await send_request(edge.app, http_scope(method, path, sent)) for method in ("GET", "HEAD")]
    assert (headed.status, dict(headed.headers)) == (got.status, dict(got.headers))


async def test_a_path_may_be_percent_encoded(edge: Edge) -> None:
    encoded = LOAN.replace("-", "%2d")
    reply = await edge.get(f"/v1/loans/{encoded}/%62alance")
    assert reply.status == 200
    assert edge.handlers.calls[0].parameters["loan_id"] == LOAN


@pytest.mark.parametrize("segment", ["x", "%00", "%ff", "%zz", "0198c0de00007000800000000000000a", "a%2Fb", "é"])
async def test_a_path_parameter_off_its_pattern_is_a_400(edge: Edge, segment: str) -> None:
    reply = await edge.get(f"/v1/loans/{segment}/balance")
    assert (reply.status, reply.code, reply.fields) == (400, "validation_failed", {"loan_id"})


async def test_a_uuid_is_handed_on_in_lower_case(edge: Edge) -> None:
    await edge.get(f"/v1/loans/{LOAN.upper()}/balance")
    assert edge.handlers.calls[0].parameters["loan_id"] == LOAN
