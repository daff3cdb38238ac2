"""Errors of pages are answered as an HTML page or as a problem document; what caused them is only logged."""

import json

import pytest
from flask import request
from flask.testing import FlaskClient
from werkzeug.routing import RequestRedirect

from app.contract.document import Contract
from app.edge.request import SCOPE_KEY, Request
from app.pages.site import create_pages
from app.settings import Settings

HTML = {"Accept": "text/html,application/xhtml+xml"}


def test_an_unknown_address_is_answered_with_a_page_or_a_problem_document_by_the_accept_header(browser: FlaskClient) -> None:
    page = browser.get("/nothing-here", headers=HTML)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    problem = browser.get("/nothing-here")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert json.loads(problem.data)["code"] == "not_found"


def test_a_method_that_is_not_allowed_is_answered_405_with_the_allowed_methods(browser: FlaskClient) -> None:
    refused = browser.post("/docs")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


@pytest.fixture
def failing(contract: Contract, settings: Settings) -> FlaskClient:
    """The pages, and three more: one fails, one redirects and one limits the size of its body."""
    pages = create_pages(contract, settings)

    @pages.get("/fails")
    def fails() -> str:
        raise RuntimeError("geheim")

    @pages.get("/moved")
    def moved() -> str:
        raise RequestRedirect("/here")

    @pages.post("/small")
    def small() -> str:
        request.max_content_length = 1
        return request.get_data(as_text=True)

    return pages.test_client()


def test_an_unexpected_error_is_a_500_without_its_cause(failing: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    problem = failing.get("/fails")
    assert (problem.status_code, json.loads(problem.data)["code"]) == (500, "internal_error")
    assert "geheim" not in problem.text + failing.get("/fails", headers=HTML).text
    assert "geheim" in caplog.text


def test_a_redirect_is_no_error(failing: FlaskClient) -> None:
    answer = failing.get("/moved")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/here")


def test_a_client_error_has_the_code_of_its_status(failing: FlaskClient) -> None:
    problem = failing.post("/small", data="xx")
    assert (problem.status_code, json.loads(problem.data)["code"]) == (413, "payload_too_large")


def test_a_problem_document_names_its_path(failing: FlaskClient, contract: Contract) -> None:
    problem = json.loads(failing.get("/nothing-here").data)
    known = contract.problems["not_found"]
    assert problem == {
        "type": "/problems/not_found",
        "title": known.title,
        "status": 404,
        "detail": known.detail,
        "instance": "/nothing-here",
        "code": "not_found",
    }


def test_a_problem_document_has_the_trace_id_of_the_request(failing: FlaskClient) -> None:
    asgi_request = Request([])
    asgi_request.trace_id = "0af7651916cd43dd8448eb211c80319c"
    answer = failing.get("/nothing-here", environ_overrides={"asgi.scope": {SCOPE_KEY: asgi_request}})
    assert json.loads(answer.data)["trace_id"] == asgi_request.trace_id
