"""Requests are counted by operation, status and latency, and problems by their code."""

import pytest

from app.contract.document import Contract
from app.edge.request import Request
from app.edge.request_metrics import RequestMetrics, request_label_values
from app.observability.exposition import exposition
from app.observability.metrics import Metrics


def request(operation_id: str = "", status: int = 200, problem_code: str = "") -> Request:
    made = Request(())
    made.operation_id, made.status, made.problem_code = operation_id, status, problem_code
    return made


def lines_after(contract: Contract, *requests: tuple[Request, float]) -> set[str]:
    metrics = Metrics(request_label_values(contract))
    observe = RequestMetrics(metrics)
    for each, seconds in requests:
        observe({}, each, seconds)
    return set(exposition(metrics).decode().splitlines())


def test_requests_count_by_operation_and_status(contract: Contract) -> None:
    paid, refused = request("postPayment", 201), request("postPayment", 422, "loan_not_found")
    lines = lines_after(
        contract, (paid, 0.004), (paid, 0.1), (refused, 0.3), (request(status=404, problem_code="not_found"), 1.0)
    )
    assert {
        'hpts_requests_total{operation="postPayment",status="201"} 2.0',
        'hpts_requests_total{operation="postPayment",status="422"} 1.0',
        'hpts_requests_total{operation="none",status="404"} 1.0',
        'hpts_refusals_total{code="loan_not_found"} 1.0',
        'hpts_refusals_total{code="not_found"} 1.0',
        'hpts_request_seconds_bucket{le="0.005",operation="postPayment",status="201"} 1.0',
        'hpts_request_seconds_bucket{le="0.1",operation="postPayment",status="201"} 2.0',
        'hpts_request_seconds_bucket{le="0.3",operation="postPayment",status="422"} 1.0',
        'hpts_request_seconds_sum{operation="postPayment",status="201"} 0.10400000000000001',
    } <= lines


@pytest.mark.parametrize(("status", "label"), [(0, "0"), (599, "other"), (200, "200")])
def test_every_status_has_a_series(contract: Contract, status: int, label: str) -> None:
    assert f'hpts_requests_total{{operation="none",status="{label}"}} 1.0' in lines_after(contract, (request(status=status), 0.0))
