"""The Flask application for everything outside /v1: pages, the contract's files and, in development, the token endpoint."""

import json
from typing import Any, Final

from flask import Flask, Response, redirect, render_template, url_for

from app.contract.document import DOCUMENT, Contract
from app.pages import faults, operations, token_endpoint
from app.settings import Settings

FORM_BYTES: Final = 16 * 1024
"""The largest body any page takes; only the token endpoint takes one at all."""
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_pages(contract: Contract, settings: Settings) -> Flask:
    """Pages read nothing but the contract, so one application serves every tenant and needs no database."""
    pages = Flask(__name__)
    pages.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    pages.after_request(_secured)
    faults.register(pages, contract.problems)
    _add_contract_routes(pages, contract)
    _add_problem_pages(pages, contract)
    if settings.env == "dev":
        pages.register_blueprint(token_endpoint.blueprint(settings))
    return pages


def _secured(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _add_contract_routes(pages: Flask, contract: Contract) -> None:
    as_yaml = DOCUMENT.read_bytes()
    as_json = json.dumps(contract.document, ensure_ascii=False).encode()
    listed = operations.by_tag(contract)

    @pages.get("/")
    def home() -> Any:
        return redirect(url_for("docs"))

    @pages.get("/docs")
    def docs() -> str:
        return render_template("docs.html", info=contract.document["info"], tags=listed)

    @pages.get("/openapi.yaml")
    def document_as_yaml() -> Response:
        return Response(as_yaml, content_type="application/yaml; charset=utf-8")

    @pages.get("/openapi.json")
    def document_as_json() -> Response:
        return Response(as_json, content_type="application/json")


def _add_problem_pages(pages: Flask, contract: Contract) -> None:
    @pages.get("/problems")
    def problems() -> str:
        return render_template("problems.html", problems=contract.problems.values(), asked=None)

    @pages.get("/problems/<code>")
    def problem(code: str) -> tuple[str, int]:
        found = contract.problems.get(code)
        if found is None:
            return render_template("problems.html", problems=contract.problems.values(), asked=code), 404
        return render_template("problem.html", problem=found), 200
