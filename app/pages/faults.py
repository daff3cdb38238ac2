"""Errors of the pages: HTML for a browser, the documented problem for everything else, and never a word of the cause."""

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
log = logging.getLogger("hpts.pages")


def register(pages: Flask, problems: Mapping[str, ProblemType]) -> None:
    @pages.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return Response(error.get_body(), status, error.get_headers())
        code = CODES.get(status, "validation_failed" if status < 500 else UNEXPECTED)
        response = _answer(problems[code])
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @pages.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.error("a page failed", exc_info=error)
        return _answer(problems[UNEXPECTED])


def _answer(problem: ProblemType) -> Response:
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
    traced = request.environ.get("asgi.scope", {}).get(SCOPE_KEY)
    if isinstance(traced, Request):
        body["trace_id"] = traced.trace_id
    return Response(json.dumps(body, ensure_ascii=False), problem.status, content_type="application/problem+json")
