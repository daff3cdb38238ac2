"""The contract is served as written, as JSON, and as a reference that loads scripts of this server only."""

import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient

from app.contract.document import Contract
from app.pages.site import create_pages
from app.settings import load_settings


def test_the_root_redirects_to_the_docs(browser: FlaskClient) -> None:
    assert browser.get("/").headers["Location"] == "/docs"


def test_the_contract_is_served_as_written_and_as_json(browser: FlaskClient, contract: Contract, repository: Path) -> None:
    as_yaml = browser.get("/openapi.yaml")
    assert as_yaml.data == (repository / "openapi" / "openapi.yaml").read_bytes()
    assert json.loads(browser.get("/openapi.json").data) == json.loads(json.dumps(yaml.safe_load(as_yaml.data)))


@pytest.mark.parametrize("path", ["/openapi.yaml", "/openapi.json"])
def test_the_contract_has_an_etag_and_can_be_read_from_any_origin(browser: FlaskClient, path: str) -> None:
    first = browser.get(path)
    assert (first.headers["Cache-Control"], first.headers["Access-Control-Allow-Origin"]) == ("no-cache", "*")
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert browser.get(path, headers={"If-None-Match": '"another"'}).data == first.data
    head = browser.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


def test_the_served_contract_keeps_its_references_and_has_no_names_of_python_modules(browser: FlaskClient) -> None:
    text = browser.get("/openapi.json").text
    assert '"$ref": "#/components/schemas/PaymentRequest"' in text
    assert not re.search(r"handlers\.|\bapp\.|\.py\b|x-openapi-router", text)


def test_the_reference_may_load_scripts_and_connect_to_this_server_only(browser: FlaskClient) -> None:
    page = browser.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "connect-src 'self'" in policy
    assert not re.search(r"https?:|\*|unsafe-eval", policy)
    scripts = re.findall(r'<script src="([^"]+)"></script>', page.text)
    assert page.text.count("<script") == len(scripts) == 2
    for script in scripts:
        answer = browser.get(script)
        assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
        answer.close()


def test_without_scripts_the_reference_links_to_the_list_of_operations(browser: FlaskClient) -> None:
    assert re.search(r'<noscript>.*href="/docs/operations".*</noscript>', browser.get("/docs").text)


def test_the_script_of_the_reference_has_the_checksum_in_its_readme(repository: Path) -> None:
    folder = repository / "app" / "pages" / "static" / "reference"
    recorded = re.search(r"[0-9a-f]{64}", (folder / "README.md").read_text("utf-8"))
    assert recorded is not None
    assert recorded[0] == hashlib.sha256((folder / "scalar.js").read_bytes()).hexdigest()
    assert "MIT License" in (folder / "LICENSE").read_text("utf-8")


def test_the_reference_offers_the_demo_client_in_development_only(browser: FlaskClient, contract: Contract) -> None:
    assert 'data-token-url="/oauth2/token" data-client-id="demo"' in browser.get("/docs").text
    settings = load_settings(env="prod", issuer="https://issuer.example", audience="hpts", jwks="/keys/jwks.json")
    assert "data-client-id" not in create_pages(contract, settings).test_client().get("/docs").text
