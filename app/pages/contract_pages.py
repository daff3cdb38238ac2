"""Serves the contract: the document as YAML and as JSON, an interactive reference, and a list of operations without scripts."""

import json
from typing import Any, Final

from flask import Flask, Response, redirect, render_template, request, url_for

from app.contract.document import DOCUMENT, Contract
from app.pages.operation_list import operations_by_tag
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
"""Inline styles are allowed, because the reference needs them; scripts and requests are limited to this server."""


def register_contract_pages(pages: Flask, contract: Contract, client: DocumentedClient | None) -> None:
    """`client` is the client of the development token endpoint, which the reference offers; None in production."""
    _add_documents(pages, contract)
    tags = operations_by_tag(contract)
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
        return render_template("operations.html", info=info, tags=tags)


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
    """Readable from scripts of any origin; clients may cache it, but have to ask whether it changed."""
    response = Response(content, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
