"""The token endpoint of development, POST /oauth2/token: the client credentials grant of RFC 6749 for one documented client.

It exists in development only, for this machine unless HPTS_DEV_ALLOW_REMOTE is set, and signs with the local key. The optional
form field `tenant_id` is an extension of the RFC.
"""

import hmac
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from app.dev.tokens import DEMO_CLIENT, DEMO_SECRET, DEMO_TENANT, EXPIRES_IN_SECONDS, SCOPES, mint
from app.settings import Settings

FIELDS: Final = ("grant_type", "client_id", "client_secret", "scope", "tenant_id")
TOKEN_PATH: Final = "/oauth2/token"


class DocumentedClient(NamedTuple):
    """The client that the reference fills in, so that requests can be tried without typing its credentials."""

    token_url: str = TOKEN_PATH
    client_id: str = DEMO_CLIENT
    secret: str = DEMO_SECRET


class TokenRefused(Exception):
    """An error response of RFC 6749, section 5.2; `error` is one of its codes."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def create_token_endpoint(settings: Settings) -> Blueprint:
    endpoint = Blueprint("oauth2", __name__)

    @endpoint.post(TOKEN_PATH)
    def token() -> Response:
        form = _read_form()
        _check_client(form)
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused("unsupported_grant_type", "grant_type must be client_credentials")
        tenant_id, scopes = _parse_tenant(form), _parse_scopes(form)
        answer = {
            "access_token": mint(settings, tenant_id, scopes),
            "token_type": "Bearer",
            "expires_in": EXPIRES_IN_SECONDS,
            "scope": " ".join(scopes),
        }
        return _forbid_caching(jsonify(answer))

    @endpoint.errorhandler(TokenRefused)
    def handle_refusal(refusal: TokenRefused) -> Response:
        response = jsonify({"error": refusal.error, "error_description": refusal.description})
        response.status_code = refusal.status
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="hpts"'
        return _forbid_caching(response)

    return endpoint


def _read_form() -> Mapping[str, str]:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise TokenRefused("invalid_request", "the body must be application/x-www-form-urlencoded")
    for name in FIELDS:
        if len(request.form.getlist(name)) > 1:
            raise TokenRefused("invalid_request", f"{name} is given more than once")
    return request.form


def _check_client(form: Mapping[str, str]) -> None:
    basic: Any = request.authorization
    if basic is not None and "client_secret" in form:
        raise TokenRefused("invalid_request", "give the client's secret once: by Basic authentication or in the form")
    if basic is not None:
        client, secret = basic.username or "", basic.password or ""
    else:
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
    is_known = hmac.compare_digest(client.encode(), DEMO_CLIENT.encode())
    is_authenticated = hmac.compare_digest(secret.encode(), DEMO_SECRET.encode())
    if not (is_known and is_authenticated):
        raise TokenRefused("invalid_client", f"in development the client is {DEMO_CLIENT} with secret {DEMO_SECRET}", 401)


def _parse_tenant(form: Mapping[str, str]) -> str:
    given = form.get("tenant_id", DEMO_TENANT)
    try:
        tenant_id = str(UUID(given))
    except ValueError:
        tenant_id = ""
    if tenant_id != given.lower():
        raise TokenRefused("invalid_request", "tenant_id must be a uuid")
    return tenant_id


def _parse_scopes(form: Mapping[str, str]) -> tuple[str, ...]:
    requested = tuple(dict.fromkeys(form.get("scope", "").split())) or SCOPES
    unknown = [scope for scope in requested if scope not in SCOPES and not scope.startswith("hpts:admin:")]
    if unknown:
        raise TokenRefused("invalid_scope", f"the scopes are {', '.join(SCOPES)}")
    return requested


def _forbid_caching(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response
