"""The Flask application for everything outside /v1: pages, the contract's files and, in development, the token endpoint."""

from typing import Final

from flask import Flask, Response, render_template

from app.contract.document import Contract
from app.pages import contract as contract_pages
from app.pages import faults, token_endpoint
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
    contract_pages.register(pages, contract, token_endpoint.DocumentedClient() if settings.env == "dev" else None)
    _add_problem_pages(pages, contract)
    if settings.env == "dev":
        pages.register_blueprint(token_endpoint.blueprint(settings))
    return pages


def _secured(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


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
