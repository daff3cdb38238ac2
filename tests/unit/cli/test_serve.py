"""`hpts serve` reports what is missing before it starts, and in development makes what it can."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any, LiteralString

import pytest

from app.cli import gunicorn_server
from app.cli.error_reporting import CommandError
from app.cli.serve import base_url, prepare, serve
from app.dev.child_process import free_port
from app.dev.keys import development_key
from app.settings import PREFIX, load_settings
from tests.support.certificates import certificates
from tests.support.databases import Databases
from tests.unit.auth.tokens import key_set, public_jwk
from tests.unit.cli.conftest import PRODUCTION, Hpts, error_of

URL = "https://issuer.example/jwks.json"


def test_production_without_security_settings_does_not_start(hpts: Hpts) -> None:
    code, line = error_of(hpts("serve", ENV="prod", JWKS=""))
    assert code == 2
    assert all(name in line for name in ("HPTS_ISSUER", "HPTS_AUDIENCE", "HPTS_JWKS"))


def test_production_does_not_serve_a_database_that_is_not_migrated(hpts: Hpts) -> None:
    code, line = error_of(hpts("serve", **PRODUCTION, PORT=str(free_port()), JWKS=URL))
    assert code == 1
    assert "hpts migrate" in line


def test_production_without_a_usable_key_set_file_does_not_start(hpts: Hpts, folder: Path) -> None:
    path = folder / "issuer.json"
    weak = public_jwk("ES256", "k", use="enc")
    for text, reason in (
        *((None, "No such file"), (b"", "no usable key set"), (b"{}", "list of keys"), (b'{"keys":[]}', "holds no key")),
        *((key_set(weak), "holds no key"), (_development_key_set(folder), "development issuer")),
    ):
        if text is not None:
            path.write_bytes(text)
        code, line = error_of(hpts("serve", **PRODUCTION, PORT=str(free_port()), JWKS=str(path)))
        assert code == 1
        assert line.startswith(f"hpts: HPTS_JWKS={path}")
        assert reason in line
    path.write_bytes(key_set())
    assert "hpts migrate" in error_of(hpts("serve", **PRODUCTION, PORT=str(free_port()), JWKS=str(path)))[1]


def _development_key_set(folder: Path) -> bytes:
    """With a key of the development issuer among others, as it is when sets are copied together."""
    made = load_settings(jwks=str(folder / "dev" / "jwks.json"))
    development_key(made)
    (copied,) = json.loads(Path(made.jwks).read_bytes())["keys"]
    return key_set(public_jwk("ES256", "own"), copied)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"host": "127.0.0.1"}, None),
        ({"host": "0.0.0.0"}, "no tokens; HPTS_DEV_ALLOW_REMOTE=true"),
        ({"host": "0.0.0.0", "dev_allow_remote": True}, "tokens to anybody"),
    ],
)
def test_a_development_server_that_others_may_reach_is_warned_of(
    settings: dict[str, Any], told: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gunicorn_server, "run", lambda *_: None)
    for name, value in settings.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(value))
    serve(port=free_port())
    printed = capsys.readouterr().err
    assert ("WARNING" in printed) == (told is not None)
    assert (told or "") in printed


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
    settings = load_settings(env="prod", issuer="https://issuer.example", audience="hpts", port=free_port(), jwks=URL)
    prepare(settings)
    assert not (folder / "keys").exists()


def test_a_host_that_is_unknown_is_reported() -> None:
    with pytest.raises(
        CommandError, match=r"cannot listen on no\.such\.host\.invalid port 3000: .* Choose another address with --host"
    ):
        prepare(load_settings(host="no.such.host.invalid"))


@pytest.mark.parametrize(("attributes", "what"), [("SUPERUSER", "is a superuser"), ("BYPASSRLS", "has BYPASSRLS")])
def test_production_refuses_a_login_that_row_level_security_does_not_bind(
    hpts: Hpts, databases: Databases, attributes: LiteralString, what: str
) -> None:
    """The other commands take it: the owner of the database migrates it, and may verify and reconcile it."""
    with databases.fresh("postgresql") as url, databases.login(url, attributes) as as_login:
        code, line = error_of(hpts("serve", **PRODUCTION, JWKS=URL, DATABASE_URL=as_login, PORT=str(free_port())))
        assert code == 1
        assert f"{what}, and row-level security does not bind it: serve with a login that is only a member of hpts_app" in line
        for command in ("verify", "reconcile"):
            assert hpts(command, DATABASE_URL=as_login).exit_code == 0
        prepare(load_settings(database_url=as_login, port=free_port()))


def test_production_takes_a_plain_member_of_the_role(databases: Databases) -> None:
    with databases.fresh("postgresql") as url, databases.login(url) as as_login:
        prepare(
            load_settings(
                env="prod", issuer="https://issuer.example", audience="hpts", jwks=URL, database_url=as_login, port=free_port()
            )
        )


def test_an_address_that_this_machine_does_not_have_is_reported() -> None:
    with pytest.raises(CommandError, match=r"cannot listen on 192\.0\.2\.1 port 3000"):
        prepare(load_settings(host="192.0.2.1"))


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "localhost"), ("0.0.0.0", "localhost"), ("::1", "localhost"), ("ledger.example", "ledger.example")],
)
def test_the_printed_address_is_one_that_a_browser_on_this_machine_reaches(host: str, address: str) -> None:
    assert base_url(load_settings(host=host, port=4000)) == f"http://{address}:4000"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"tls_cert": "server.pem", "tls_key": "good.key"}, "HPTS_TLS_CERT=server.pem and HPTS_TLS_KEY=good.key cannot be used"),
        ({"tls_cert": "missing.pem", "tls_key": "good.key"}, "No such file or directory"),
        ({"tls_client_ca": "good.key"}, "HPTS_TLS_CLIENT_CA=good.key cannot be used: no certificates of an authority in PEM"),
        ({"tls_client_ca": "ca.pem", "tls_client_crl": "ca.pem"}, "HPTS_TLS_CLIENT_CRL=ca.pem cannot be used"),
    ],
)
def test_files_of_tls_that_cannot_be_used_are_reported(settings: dict[str, str], told: str, folder: Path) -> None:
    certificates().write(folder)
    with contextlib.chdir(folder), pytest.raises(CommandError, match=re.escape(told)):
        prepare(load_settings(port=free_port(), **settings))


def test_the_address_of_a_server_with_tls_says_so() -> None:
    assert base_url(load_settings(tls_cert="a", tls_key="b")) == "https://localhost:3000"
