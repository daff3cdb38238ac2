"""`hpts token` prints nothing but a token for development, for the tenant, scopes, subject and lifetime that are asked for.

It signs with the key of the server in this folder, asks the server that runs for a token, or says what to do; it makes no key.
"""

from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from werkzeug.wrappers import Request, Response

from app.dev.child_process import free_port
from app.dev.keys import development_key
from app.dev.tokens import DEMO_CLIENT, DEMO_TENANT, SCOPES
from app.settings import load_settings
from tests.support.certificates import certificates, thumbprint
from tests.support.http_server import http_server
from tests.unit.cli.conftest import PRODUCTION, Hpts, error_of


@pytest.fixture
def _key(folder: Path) -> None:
    development_key(load_settings())


@pytest.mark.usefixtures("_key")
def test_token_prints_nothing_but_the_token(hpts: Hpts) -> None:
    done = hpts("token")
    assert (done.exit_code, done.stderr) == (0, "")
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert (claims["tenant_id"], claims["scope"]) == (DEMO_TENANT, " ".join(SCOPES))


@pytest.mark.usefixtures("_key")
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


def test_without_a_key_the_server_that_runs_is_asked(hpts: Hpts, folder: Path) -> None:
    tenant, asked = str(uuid4()), []

    def give_token(request: Request) -> Response:
        asked.append((request.path, dict(request.form), request.authorization and request.authorization.username))
        return Response('{"access_token": "of-the-server"}', content_type="application/json")

    with http_server(give_token) as url:
        done = hpts("token", "--tenant", tenant, "--scope", "hpts:ledger:read", PORT=url.rpartition(":")[2], HOST="127.0.0.1")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "of-the-server\n", "")
    form = {"grant_type": "client_credentials", "tenant_id": tenant, "scope": "hpts:ledger:read"}
    assert asked == [("/oauth2/token", form, DEMO_CLIENT)]
    assert not (folder / "keys").exists()


@pytest.mark.parametrize("answer", ["no JSON", "{}", "[]"])
def test_what_is_no_development_server_gives_no_token(hpts: Hpts, folder: Path, answer: str) -> None:
    with http_server(lambda _: Response(answer)) as url:
        code, line = error_of(hpts("token", PORT=url.rpartition(":")[2]))
    assert code == 1
    assert str(folder / "keys" / "jwks.json") in line
    assert "hpts serve" in line


@pytest.mark.parametrize("options", [(), ("--subject", "teller"), ("--expires-in", "60")])
def test_without_a_key_and_a_server_it_says_what_to_do_and_makes_no_key(
    hpts: Hpts, folder: Path, options: tuple[str, ...]
) -> None:
    code, line = error_of(hpts("token", *options, PORT=str(free_port())))
    assert code == 1
    assert "HPTS_JWKS" in line
    assert not (folder / "keys").exists()


@pytest.mark.usefixtures("_key")
def test_a_token_can_be_bound_to_a_client_certificate(hpts: Hpts, folder: Path) -> None:
    good = certificates().good
    good.write(folder, "client")
    done = hpts("token", "--cert", str(folder / "client.pem"))
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert claims["cnf"] == {"x5t#S256": thumbprint(good)}
    for file, reason in (("client.key", "is no certificate in PEM"), ("missing.pem", "No such file")):
        code, line = error_of(hpts("token", "--cert", str(folder / file)))
        assert (code, reason in line) == (1, True)


def test_a_bound_token_is_not_asked_for_elsewhere(hpts: Hpts, folder: Path) -> None:
    """The server would give one that is not bound."""
    certificates().good.write(folder, "client")
    with http_server(lambda _: Response('{"access_token": "x"}')) as url:
        code, line = error_of(hpts("token", "--cert", str(folder / "client.pem"), PORT=url.rpartition(":")[2]))
    assert code == 1
    assert "no development key" in line
