"""All pages have the same headers, load nothing from other hosts and explain every problem of the contract."""

import html
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.contract.document import Contract
from app.pages.site import create_pages
from app.settings import load_settings


def test_every_problem_has_a_page_with_its_title_detail_and_action(browser: FlaskClient, contract: Contract) -> None:
    for code, problem in contract.problems.items():
        page = browser.get(f"/problems/{code}")
        assert page.status_code == 200
        text = html.unescape(page.text)
        assert all(said in text for said in (problem.title, problem.detail, problem.action))


def test_an_unknown_problem_is_404_and_lists_the_known_ones(browser: FlaskClient, contract: Contract) -> None:
    page = browser.get("/problems/no-such-code")
    assert page.status_code == 404
    assert all(f"/problems/{code}" in page.text for code in contract.problems)


def test_a_problem_code_in_the_address_is_escaped_in_the_page(browser: FlaskClient) -> None:
    assert "<script>" not in browser.get("/problems/<script>alert(1)<").text


@pytest.mark.parametrize(
    "path", ["/docs/operations", "/problems/overloaded", "/problems/unknown", "/openapi.yaml", "/nothing-here"]
)
def test_every_page_forbids_content_from_other_hosts_and_content_type_sniffing(browser: FlaskClient, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_load_nothing_from_other_hosts_and_have_no_scripts_or_inline_styles(browser: FlaskClient) -> None:
    for path in ("/docs/operations", "/problems", "/problems/overloaded"):
        page = browser.get(path).text
        assert 'src="http' not in page
        assert 'href="http' not in page
        assert "<style" not in page
        assert "<script" not in page


def test_production_has_no_token_endpoint(contract: Contract) -> None:
    settings = load_settings(env="prod", issuer="https://issuer.example", audience="hpts", jwks="/keys/jwks.json")
    assert create_pages(contract, settings).test_client().post("/oauth2/token").status_code == 404


def test_a_development_server_that_others_may_reach_gives_and_offers_no_tokens_unless_asked_to(contract: Contract) -> None:
    for host, allowed, status in (("127.0.0.1", False, 400), ("0.0.0.0", False, 404), ("0.0.0.0", True, 400)):
        browser = create_pages(contract, load_settings(host=host, dev_allow_remote=allowed)).test_client()
        assert browser.post("/oauth2/token").status_code == status
        assert ("data-client-secret" in browser.get("/docs").text) == (status == 400)


def test_pages_fit_a_narrow_screen(browser: FlaskClient, repository: Path) -> None:
    for path in ("/docs", "/docs/operations", "/problems", "/problems/overloaded"):
        assert 'name="viewport" content="width=device-width' in browser.get(path).text
    report = (repository / "app/conformance/templates/report.html").read_text("utf-8")
    for style in ((repository / "app/pages/static/hpts.css").read_text("utf-8"), report):
        assert "color-scheme: light dark" in style
        assert "overflow-wrap: anywhere" in style
        assert "display: block" in style.partition("@media (max-width: 40rem)")[2]
    assert 'name="viewport"' in report
