"""The contract for readers: the document as written and as JSON, a reference to try it in, and a plain list of operations."""

import json
from typing import Any, Final

from flask import Flask, Response, redirect, render_template, request, url_for

from app.contract.document import DOCUMENT, Contract
from app.pages import operations
from app.pages.token_endpoint import DocumentedClient

REFERENCE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The reference writes its styles into the page; scripts, data and requests are this server's own."""


def register(pages: Flask, contract: Contract, client: DocumentedClient | None) -> None:
    """`client` is the one that this server gives tokens to, where it does."""
    _add_documents(pages, contract)
    listed = operations.by_tag(contract)
    info = contract.document["info"]

    @pages.get("/")
    def home() -> Any:
        return redirect(url_for("docs"))

    @pages.get("/docs")
    def docs() -> Response:
        page = Response(render_template("reference.html", info=info, client=client), content_type="text/html; charset=utf-8")
        page.headers["Content-Security-Policy"] = REFERENCE_POLICY
        return page

    @pages.get("/docs/operations")
    def listed_operations() -> str:
        return render_template("operations.html", info=info, tags=listed)


def _add_documents(pages: Flask, contract: Contract) -> None:
    as_yaml = DOCUMENT.read_bytes()
    as_json = json.dumps(contract.document, ensure_ascii=False).encode()

    @pages.get("/openapi.yaml")
    def document_as_yaml() -> Response:
        return _document(as_yaml, "application/yaml; charset=utf-8")

    @pages.get("/openapi.json")
    def document_as_json() -> Response:
        return _document(as_json, "application/json")


def _document(content: bytes, content_type: str) -> Response:
    """Open to tools on any origin, and sent again only when it changed."""
    response = Response(content, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
