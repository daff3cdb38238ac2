"""A signing key of the benchmark's own, its key set in a file, and tokens of two tenants that may do everything measured."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ISSUER = "https://benchmark.invalid/issuer"
AUDIENCE = "hpts"
ALGORITHM = "ES256"
TENANT_ID = "5d3c1f0a-6a52-4c7e-9d0b-3f1f5a7e2b10"
OTHER_TENANT_ID = "5d3c1f0a-6a52-4c7e-9d0b-3f1f5a7e2b11"
SCOPES = (
    "hpts:payments:write hpts:disbursements:write hpts:accruals:write "
    "hpts:balances:read hpts:ledger:read hpts:reconciliation:read hpts:admin:webhooks"
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """`jwks` is the file that servers verify with; the tokens are valid for a day, `other_token` is of OTHER_TENANT_ID."""

    jwks: Path
    token: str
    other_token: str


def make_issuer(folder: Path) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    public |= {"kid": "benchmark", "use": "sig", "alg": ALGORITHM}
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps({"keys": [public]}))
    now = int(time.time())
    times = {"iat": now, "nbf": now - 60, "exp": now + 86_400}
    who = {"iss": ISSUER, "aud": AUDIENCE, "sub": "benchmark", "scope": SCOPES}
    tokens = [
        jwt.encode(who | times | {"tenant_id": tenant_id}, key, ALGORITHM, headers={"kid": "benchmark", "typ": "at+jwt"})
        for tenant_id in (TENANT_ID, OTHER_TENANT_ID)
    ]
    return Issuer(jwks, *tokens)
