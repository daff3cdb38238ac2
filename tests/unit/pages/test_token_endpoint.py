"""The token endpoint of development conforms to RFC 6749."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.dev.tokens import DEMO_CLIENT, DEMO_SECRET, DEMO_TENANT, SCOPES
from app.settings import Settings

GRANT = {"grant_type": "client_credentials"}
CLIENT = {"client_id": DEMO_CLIENT, "client_secret": DEMO_SECRET}


def _claims(answer: TestResponse, settings: Settings) -> dict[str, Any]:
    key = jwt.PyJWKSet.from_dict(json.loads(Path(settings.jwks).read_text())).keys[0]
    claims: dict[str, Any] = jwt.decode(
        answer.get_json()["access_token"], key, algorithms=["ES256"], audience=settings.audience, issuer=settings.issuer
    )
    return claims


def _refusal(answer: TestResponse) -> tuple[int, str]:
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.get_json()["error"]


def test_the_client_authenticates_by_basic_authentication_or_in_the_form(browser: FlaskClient, settings: Settings) -> None:
    basic = browser.post("/oauth2/token", data=GRANT, auth=(DEMO_CLIENT, DEMO_SECRET))
    form = browser.post("/oauth2/token", data=GRANT | CLIENT)
    for answer in (basic, form):
        assert answer.status_code == 200
        assert answer.get_json()["token_type"] == "Bearer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert _claims(answer, settings)["tenant_id"] == DEMO_TENANT


def test_a_token_has_every_scope_unless_some_are_requested(browser: FlaskClient, settings: Settings) -> None:
    default = browser.post("/oauth2/token", data=GRANT | CLIENT)
    assert _claims(default, settings)["scope"] == default.get_json()["scope"] == " ".join(SCOPES)
    requested = {"scope": "hpts:balances:read hpts:admin:fees"}
    answer = browser.post("/oauth2/token", data=GRANT | CLIENT | requested)
    assert _claims(answer, settings)["scope"] == requested["scope"]


def test_a_token_for_another_tenant_can_be_requested(browser: FlaskClient, settings: Settings) -> None:
    tenant = str(uuid4())
    answer = browser.post("/oauth2/token", data=GRANT | CLIENT | {"tenant_id": tenant.upper()})
    assert _claims(answer, settings)["tenant_id"] == tenant


@pytest.mark.parametrize(
    ("client_id", "client_secret"), [(DEMO_CLIENT, "wrong"), ("somebody", DEMO_SECRET), ("", ""), ("d\xe9mo", "s\xe9cret")]
)
def test_an_unknown_client_or_a_wrong_secret_is_unauthorised(browser: FlaskClient, client_id: str, client_secret: str) -> None:
    answer = browser.post("/oauth2/token", data=GRANT | {"client_id": client_id, "client_secret": client_secret})
    assert _refusal(answer) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        (GRANT | {"scope": "everything"}, "invalid_scope"),
        (GRANT | {"tenant_id": "nobody"}, "invalid_request"),
        (GRANT | {"tenant_id": "{0198c0de-0000-7000-8000-000000000001}"}, "invalid_request"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
    ],
)
def test_a_wrong_field_is_refused_with_its_rfc_error_code(browser: FlaskClient, fields: dict[str, Any], error: str) -> None:
    assert _refusal(browser.post("/oauth2/token", data=fields | CLIENT)) == (400, error)


def test_a_secret_both_in_the_header_and_in_the_form_is_refused(browser: FlaskClient) -> None:
    answer = browser.post("/oauth2/token", data=GRANT | CLIENT, auth=(DEMO_CLIENT, DEMO_SECRET))
    assert _refusal(answer) == (400, "invalid_request")


def test_a_json_body_is_refused(browser: FlaskClient) -> None:
    assert _refusal(browser.post("/oauth2/token", json=GRANT | CLIENT)) == (400, "invalid_request")


def test_a_body_above_the_limit_is_refused(browser: FlaskClient) -> None:
    answer = browser.post("/oauth2/token", data=GRANT | CLIENT | {"padding": "x" * 20_000})
    assert answer.status_code == 413
