"""The Flask application for all paths outside /v1: pages, the contract's files and, in development, the token endpoint."""

from typing import Final

from flask import Flask, Response, render_template

from app.contract.document import Contract
from app.pages.contract_pages import register_contract_pages
from app.pages.error_pages import register_error_pages
from app.pages.static_files import register_static_files
from app.pages.token_endpoint import DocumentedClient, create_token_endpoint
from app.settings import Settings

FORM_BYTES: Final = 16 * 1024
"""The largest request body of a page; only the token endpoint reads one."""
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_pages(contract: Contract, settings: Settings) -> Flask:
    """The pages depend on the contract only, so they are the same for every tenant and need no database."""
    pages = Flask(__name__, static_folder=None)
    pages.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    pages.after_request(_add_security_headers)
    register_error_pages(pages, contract.problems)
    register_static_files(pages)
    register_contract_pages(pages, contract, DocumentedClient() if settings.gives_tokens else None)
    _add_problem_pages(pages, contract)
    if settings.gives_tokens:
        pages.register_blueprint(create_token_endpoint(settings))
    return pages


def _add_security_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _add_problem_pages(pages: Flask, contract: Contract) -> None:
    @pages.get("/problems")
    def problems() -> str:
        return render_template("problems.html", problems=contract.problems.values(), unknown_code=None)

    @pages.get("/problems/<code>")
    def problem(code: str) -> tuple[str, int]:
        found = contract.problems.get(code)
        if found is None:
            return render_template("problems.html", problems=contract.problems.values(), unknown_code=code), 404
        return render_template("problem.html", problem=found), 200
