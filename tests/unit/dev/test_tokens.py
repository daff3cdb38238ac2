"""Development tokens have the claims that the service checks."""

import json
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from app.dev.tokens import DEMO_TENANT, SCOPES, mint
from app.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(jwks=str(tmp_path / "jwks.json"))


def _claims(token: str, settings: Settings) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(json.loads(Path(settings.jwks).read_text()))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, object] = jwt.decode(
        token, key, algorithms=["ES256"], audience=settings.audience, issuer=settings.issuer, options={"require": ["exp", "nbf"]}
    )
    return claims


def test_a_token_verifies_against_the_key_set_and_names_its_tenant(settings: Settings) -> None:
    tenant = str(uuid4())
    claims = _claims(mint(settings, tenant, ("hpts:balances:read",), "somebody"), settings)
    assert (claims["tenant_id"], claims["scope"], claims["sub"]) == (tenant, "hpts:balances:read", "somebody")


def test_a_token_has_every_scope_of_the_demo_tenant_by_default(settings: Settings) -> None:
    claims = _claims(mint(settings), settings)
    assert (claims["tenant_id"], claims["scope"]) == (DEMO_TENANT, " ".join(SCOPES))


def test_a_token_expires_when_asked_to(settings: Settings) -> None:
    claims = _claims(mint(settings, expires_in_seconds=60), settings)
    assert isinstance(claims["exp"], int)
    assert isinstance(claims["nbf"], int)
    assert claims["exp"] - claims["nbf"] == 60
