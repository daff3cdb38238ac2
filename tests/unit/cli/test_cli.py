"""The `hpts` command reports errors in plain lines and by its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from app.dev.child_process import free_port
from app.dev.tokens import DEMO_TENANT, SCOPES
from app.settings import PREFIX
from tests.support.waiting import HANG_SECONDS


def _hpts(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {"DATABASE_URL": f"sqlite:///{folder / 'hpts.db'}", "JWKS": str(folder / "keys" / "jwks.json"), **variables}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=inherited | {f"{PREFIX}{name}": value for name, value in own.items()},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )


def _error(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    """The exit code and the only line on standard error; in particular there is no traceback."""
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    return done.returncode, line


def test_token_prints_nothing_but_the_token(tmp_path: Path) -> None:
    done = _hpts(tmp_path, "token")
    assert (done.returncode, done.stderr) == (0, "")
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert (claims["tenant_id"], claims["scope"]) == (DEMO_TENANT, " ".join(SCOPES))


def test_tenant_scopes_subject_and_lifetime_of_a_token_can_be_chosen(tmp_path: Path) -> None:
    tenant = str(uuid4())
    scopes = ("--scope", "hpts:balances:read", "--scope", "hpts:ledger:read")
    done = _hpts(tmp_path, "token", "--tenant", tenant, *scopes, "--subject", "teller", "--expires-in", "60")
    claims = jwt.decode(done.stdout.strip(), options={"verify_signature": False})
    assert (claims["tenant_id"], claims["scope"], claims["sub"]) == (tenant, "hpts:balances:read hpts:ledger:read", "teller")
    assert claims["exp"] - claims["iat"] == 60


def test_production_makes_no_tokens(tmp_path: Path) -> None:
    code, line = _error(_hpts(tmp_path, "token", ENV="prod", ISSUER="https://issuer.example", AUDIENCE="hpts"))
    assert code == 1
    assert "development only" in line


def test_production_without_security_settings_does_not_start(tmp_path: Path) -> None:
    code, line = _error(_hpts(tmp_path, "serve", ENV="prod", JWKS=""))
    assert code == 2
    assert all(name in line for name in ("HPTS_ISSUER", "HPTS_AUDIENCE", "HPTS_JWKS"))


def test_production_does_not_serve_a_database_that_is_not_migrated(tmp_path: Path) -> None:
    prod = {"ENV": "prod", "ISSUER": "https://issuer.example", "AUDIENCE": "hpts", "PORT": str(free_port())}
    code, line = _error(_hpts(tmp_path, "serve", **prod))
    assert code == 1
    assert "hpts migrate" in line


def test_a_wrong_setting_is_reported_with_its_name_and_value(tmp_path: Path) -> None:
    code, line = _error(_hpts(tmp_path, "migrate", LOG_LEVEL="loud"))
    assert code == 2
    assert line.startswith("hpts: HPTS_LOG_LEVEL=loud")


def test_a_taken_port_is_reported_before_the_database_is_created(tmp_path: Path, busy_port: int) -> None:
    code, line = _error(_hpts(tmp_path, "serve", "--port", str(busy_port)))
    assert code == 1
    assert f"port {busy_port}" in line
    assert "--port" in line
    assert not (tmp_path / "hpts.db").exists()


def test_an_unreachable_database_is_reported_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://hpts:geheim@127.0.0.1:{free_port()}/hpts"
    for command in ("migrate", "reconcile", "verify"):
        code, line = _error(_hpts(tmp_path, command, DATABASE_URL=url))
        assert code == 1
        assert "127.0.0.1" in line
        assert "geheim" not in line


def test_migrate_creates_the_database_and_can_be_run_again(tmp_path: Path) -> None:
    for _ in range(2):
        assert _hpts(tmp_path, "migrate").returncode == 0
    assert (tmp_path / "hpts.db").exists()


@pytest.mark.parametrize("command", ["reconcile", "verify"])
def test_reconcile_and_verify_succeed_on_an_empty_ledger(tmp_path: Path, command: str) -> None:
    assert _hpts(tmp_path, "migrate").returncode == 0
    done = _hpts(tmp_path, command)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no tenant" in done.stdout


@pytest.mark.parametrize("command", ["reconcile", "verify"])
def test_a_tenant_without_postings_is_an_error(tmp_path: Path, command: str) -> None:
    assert _hpts(tmp_path, "migrate").returncode == 0
    code, line = _error(_hpts(tmp_path, command, "--tenant", str(uuid4())))
    assert code == 1
    assert "no postings" in line


def test_the_demo_on_a_running_server_needs_a_token(tmp_path: Path) -> None:
    code, line = _error(_hpts(tmp_path, "demo", "--url", "http://localhost:3000"))
    assert code == 1
    assert "--token" in line


@pytest.mark.parametrize("option", ["--other-tenant-token", "--stranger"])
def test_contract_check_takes_the_token_of_another_tenant_by_both_options(tmp_path: Path, option: str) -> None:
    done = _hpts(tmp_path, "contract", "check", f"http://127.0.0.1:{free_port()}", option, "a-token")
    assert (done.returncode, done.stderr) == (1, "")
    assert "no answer" in done.stdout


def test_contract_diff_exits_with_1_only_on_a_breaking_change(tmp_path: Path) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    document = {"openapi": "3.1.0", "paths": {"/items": {"get": {"operationId": "getItems", "responses": {"200": {}}}}}}
    before.write_text(json.dumps({**document, "paths": {}}))
    after.write_text(json.dumps(document))
    widened, same, narrowed = (
        _hpts(tmp_path, "contract", "diff", str(a), str(b)) for a, b in ((before, after), (after, after), (after, before))
    )
    assert (widened.returncode, same.returncode, narrowed.returncode) == (0, 0, 1)
    assert "0 breaking, 1 additive" in widened.stdout
    assert same.stdout == "0 breaking, 0 additive\n"
    assert "GET /items" in narrowed.stdout
    assert "1 breaking, 0 additive" in narrowed.stdout


def test_contract_diff_prints_changes_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\npaths: {}\nservers: [{url: /v1}]")
    (tmp_path / "b.yaml").write_text("openapi: 3.1.0\npaths: {}\nservers: []")
    done = _hpts(tmp_path, "contract", "diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--json")
    (change,) = json.loads(done.stdout)
    assert (done.returncode, change["kind"], change["rule"], change["place"]) == (1, "breaking", "server-removed", "/servers")


def test_contract_diff_exits_with_2_and_names_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    code, line = _error(_hpts(tmp_path, "contract", "diff", "no-such.yaml", "neither.yaml"))
    assert code == 2
    assert "no-such.yaml" in line
