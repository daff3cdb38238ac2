"""The ordinary way, as the baseline: connexion.FlaskApp validates, a synchronous handler posts in one SQLAlchemy transaction.

It is written to be fast of its kind: SQLAlchemy Core rather than the ORM, statements built once, a connection for every thread,
no validation of responses.
"""

import json
import os
from pathlib import Path
from typing import Any

import jwt
from connexion.apps.flask import FlaskApp
from flask import request
from sqlalchemy import create_engine, make_url

from benchmarks.baseline_posting import Payment, post
from benchmarks.tokens import ALGORITHM, AUDIENCE, ISSUER

THREADS = 10
"""As many as Connexion's adapter runs a Flask application in."""

_engine = create_engine(
    make_url(os.environ["HPTS_BENCH_DATABASE_URL"]).set(drivername="postgresql+psycopg"), pool_size=THREADS, max_overflow=0
)
_key = jwt.PyJWKSet.from_json(Path(os.environ["HPTS_BENCH_JWKS"]).read_text()).keys[0]


def token_info(token: str) -> dict[str, Any] | None:
    """The claims of a valid token; Connexion compares its scope."""
    try:
        required = ["exp", "nbf", "iss", "aud", "sub", "tenant_id"]
        claims: dict[str, Any] = jwt.decode(
            token, _key, algorithms=[ALGORITHM], issuer=ISSUER, audience=AUDIENCE, options={"require": required}
        )
    except jwt.InvalidTokenError:
        return None
    return claims


def post_payment(body: dict[str, Any], token_info: dict[str, Any]) -> tuple[dict[str, Any], int]:
    key = request.headers["Idempotency-Key"]
    payment = Payment(token_info["tenant_id"], token_info["sub"], key, json.dumps(body, sort_keys=True).encode(), body)
    with _engine.begin() as connection:
        return post(connection, payment)


app = FlaskApp(__name__, specification_dir=str(Path(__file__).parent))
app.add_api("baseline.yaml")
