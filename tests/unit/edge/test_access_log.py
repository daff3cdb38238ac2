"""The line of the access log: which facts it states, and what is written where one is not known."""

import logging

import pytest

from app.edge import access_log
from app.edge.request import Request

LOGGER = "hpts.access"


def line_of(request: Request, caplog: pytest.LogCaptureFixture, seconds: float = 0.0015) -> str:
    with caplog.at_level(logging.INFO, logger=LOGGER):
        access_log.write("POST", request, seconds)
    [record] = caplog.records
    return record.getMessage()


def known_request() -> Request:
    request = Request(())
    request.route = "/v1/payments"
    request.status = 201
    request.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    request.tenant_id = "0198c0de-0000-7000-8000-0000000000aa"
    return request


def test_a_line_states_every_fact_of_the_request_in_order(caplog: pytest.LogCaptureFixture) -> None:
    assert line_of(known_request(), caplog) == (
        "method=POST route=/v1/payments status=201 duration_ms=1.500 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 "
        "tenant_id=0198c0de-0000-7000-8000-0000000000aa"
    )


def test_what_is_not_known_is_a_dash(caplog: pytest.LogCaptureFixture) -> None:
    request = Request(())
    request.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    assert line_of(request, caplog, 12.3456789) == (
        "method=POST route=- status=0 duration_ms=12345.679 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 tenant_id=-"
    )


def test_nothing_is_written_when_the_level_is_above_info(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger=LOGGER):
        access_log.write("POST", known_request(), 0.1)
    assert not caplog.records
