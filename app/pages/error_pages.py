"""Errors of the pages: an HTML page for a browser, a problem document for other clients; the cause is only logged."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from app.contract.document import ProblemType
from app.edge.request import SCOPE_KEY, Request

CODES: Final = {404: "not_found", 405: "method_not_allowed", 413: "payload_too_large", 415: "unsupported_media_type"}
UNEXPECTED: Final = "internal_error"
_logger = logging.getLogger("hpts.pages")


def register_error_pages(pages: Flask, problems: Mapping[str, ProblemType]) -> None:
    @pages.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return Response(error.get_body(), status, error.get_headers())
        code = CODES.get(status, "validation_failed" if status < 500 else UNEXPECTED)
        response = _error_response(problems[code])
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @pages.errorhandler(Exception)
    def handle_unexpected_error(error: Exception) -> Response:
        _logger.error("a page failed", exc_info=error)
        return _error_response(problems[UNEXPECTED])


def _error_response(problem: ProblemType) -> Response:
    if request.accept_mimetypes.best == "text/html":
        return Response(render_template("problem.html", problem=problem), problem.status, content_type="text/html; charset=utf-8")
    return _problem_document(problem)


def _problem_document(problem: ProblemType) -> Response:
    body: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        "code": problem.code,
    }
    asgi_request = request.environ.get("asgi.scope", {}).get(SCOPE_KEY)
    if isinstance(asgi_request, Request):
        body["trace_id"] = asgi_request.trace_id
    return Response(json.dumps(body, ensure_ascii=False), problem.status, content_type="application/problem+json")
