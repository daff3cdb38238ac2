"""Access tokens for development (RFC 9068 profile), signed with the local key."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import jwt

from app.dev.keys import development_key
from app.settings import Settings

DEMO_TENANT: Final = "0198c0de-0000-7000-8000-000000000001"
DEMO_CLIENT: Final = "demo"
DEMO_SECRET: Final = "demo-secret"
EXPIRES_IN_SECONDS: Final = 3600
SCOPES: Final = (
    "hpts:payments:write",
    "hpts:disbursements:write",
    "hpts:accruals:write",
    "hpts:reversals:write",
    "hpts:ledger:read",
    "hpts:balances:read",
    "hpts:loans:read",
    "hpts:reconciliation:read",
    "hpts:admin:*",
)
"""Every scope of the contract, in the order of the document."""


def mint(
    settings: Settings,
    tenant_id: str = DEMO_TENANT,
    scopes: tuple[str, ...] = SCOPES,
    subject: str = DEMO_CLIENT,
    expires_in_seconds: int = EXPIRES_IN_SECONDS,
    *,
    creates_key: bool = True,
    thumbprint: str | None = None,
) -> str:
    """A signed token that is valid from now on, bound to the certificate with this thumbprint if one is given (RFC 8705).

    Raises NoDevelopmentKey outside of development.
    """
    key = development_key(settings, creates=creates_key)
    now = datetime.now(UTC).replace(microsecond=0)
    claims: dict[str, Any] = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": subject,
        "client_id": subject,
        "tenant_id": tenant_id,
        "scope": " ".join(scopes),
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(seconds=expires_in_seconds),
        "jti": str(uuid4()),
    }
    if thumbprint:
        claims["cnf"] = {"x5t#S256": thumbprint}
    return jwt.encode(claims, key.private_key, algorithm="ES256", headers={"kid": key.key_id, "typ": "at+jwt"})
