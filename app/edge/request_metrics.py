"""Counts requests by operation, status and latency, and refusals by code."""

from bisect import bisect_left
from typing import Final

from app.contract.document import Contract
from app.edge.asgi_types import Scope
from app.edge.request import Request
from app.observability.metric import REFUSALS, REQUEST_EDGES, REQUEST_SECONDS, LabelValues
from app.observability.metrics import Metrics

NO_OPERATION: Final = "none"
"""Pages, and what was refused before its operation was known."""
_ANSWERED: Final = (0, 200, 201, 301, 302, 304, 308)
"""Beside the statuses of problems; 0 is that of a request whose client went away."""
_SUM: Final = REQUEST_SECONDS.width - 1


def request_label_values(contract: Contract) -> LabelValues:
    statuses = {str(status) for status in (*_ANSWERED, *(problem.status for problem in contract.problems.values()))}
    return {
        REQUEST_SECONDS.name: {"operation": (*contract.operations, NO_OPERATION), "status": sorted(statuses)},
        REFUSALS.name: {"code": tuple(contract.problems)},
    }


class RequestMetrics:
    """An observer of requests: for each, two additions and a search among fifteen numbers."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._cells = metrics.cells
        self._first_cells: dict[tuple[str, int], int] = {}

    def __call__(self, _scope: Scope, request: Request, seconds: float) -> None:
        first = self._first_cells.get((request.operation_id, request.status)) or self._first_cell(request)
        cells = self._cells
        cells[first + bisect_left(REQUEST_EDGES, seconds)] += 1
        cells[first + _SUM] += int(seconds * 1e9)
        if request.problem_code:
            self._metrics.add(REFUSALS, request.problem_code)

    def _first_cell(self, request: Request) -> int:
        labels = (request.operation_id or NO_OPERATION, str(request.status))
        first = self._metrics.layout.cell(REQUEST_SECONDS, labels)
        self._first_cells[request.operation_id, request.status] = first
        return first
