"""`hpts token` prints nothing but a token for development, for the tenant, scopes, subject and lifetime that are asked for."""

from uuid import uuid4

import jwt

from app.dev.tokens import DEMO_TENANT, SCOPES
from tests.unit.cli.conftest import PRODUCTION, Hpts, error_of


def test_token_prints_nothing_but_the_token(hpts: Hpts) -> None:
    done = hpts("token")
    assert (done.exit_code, done.stderr) == (0, "")
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert (claims["tenant_id"], claims["scope"]) == (DEMO_TENANT, " ".join(SCOPES))


def test_tenant_scopes_subject_and_lifetime_of_a_token_can_be_chosen(hpts: Hpts) -> None:
    tenant = str(uuid4())
    scopes = ("--scope", "hpts:balances:read", "--scope", "hpts:ledger:read")
    done = hpts("token", "--tenant", tenant, *scopes, "--subject", "teller", "--expires-in", "60")
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert (claims["tenant_id"], claims["scope"], claims["sub"]) == (tenant, "hpts:balances:read hpts:ledger:read", "teller")
    assert claims["exp"] - claims["iat"] == 60


def test_production_makes_no_tokens(hpts: Hpts) -> None:
    code, line = error_of(hpts("token", **PRODUCTION))
    assert code == 1
    assert "development only" in line
