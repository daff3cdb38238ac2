"""`hpts serve` reports what is missing before it starts, and in development makes what it can."""

from pathlib import Path

import pytest

from app.cli.error_reporting import CommandError
from app.cli.serve import base_url, prepare
from app.dev.child_process import free_port
from app.settings import load_settings
from tests.unit.cli.conftest import PRODUCTION, Hpts, error_of


def test_production_without_security_settings_does_not_start(hpts: Hpts) -> None:
    code, line = error_of(hpts("serve", ENV="prod", JWKS=""))
    assert code == 2
    assert all(name in line for name in ("HPTS_ISSUER", "HPTS_AUDIENCE", "HPTS_JWKS"))


def test_production_does_not_serve_a_database_that_is_not_migrated(hpts: Hpts) -> None:
    code, line = error_of(hpts("serve", **PRODUCTION, PORT=str(free_port())))
    assert code == 1
    assert "hpts migrate" in line


def test_a_taken_port_is_reported_before_the_database_is_created(hpts: Hpts, folder: Path, busy_port: int) -> None:
    code, line = error_of(hpts("serve", "--port", str(busy_port)))
    assert code == 1
    assert f"port {busy_port}" in line
    assert "--port" in line
    assert not (folder / "hpts.db").exists()


def test_development_migrates_the_database_and_creates_a_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(load_settings(port=free_port()))
    assert (folder / "hpts.db").exists()
    assert (folder / "keys" / "jwks.json").exists()
    assert "Bringing the database to this version: sqlite:///" in capsys.readouterr().err


def test_development_with_the_key_set_of_an_issuer_serves_without_development_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    prepare(load_settings(port=free_port(), jwks="https://issuer.example/jwks.json"))
    assert "No development tokens: HPTS_JWKS=https://issuer.example/jwks.json is a URL" in capsys.readouterr().err


def test_production_serves_a_migrated_database_without_changing_anything(folder: Path, empty_ledger: str) -> None:
    settings = load_settings(env="prod", issuer="https://issuer.example", audience="hpts", port=free_port())
    prepare(settings)
    assert not (folder / "keys").exists()


def test_an_address_that_this_machine_does_not_have_is_reported() -> None:
    with pytest.raises(CommandError, match=r"cannot listen on 192\.0\.2\.1 port 3000"):
        prepare(load_settings(host="192.0.2.1"))


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "localhost"), ("0.0.0.0", "localhost"), ("::1", "localhost"), ("ledger.example", "ledger.example")],
)
def test_the_printed_address_is_one_that_a_browser_on_this_machine_reaches(host: str, address: str) -> None:
    assert base_url(load_settings(host=host, port=4000)) == f"http://{address}:4000"
