"""How the service starts and stops, in development and in production, with one process and with several."""

import signal
from pathlib import Path
from uuid import uuid4

import httpx

from app.dev.server import private_server
from app.dev.tokens import mint
from app.settings import load_settings
from tests.support.client import LedgerClient
from tests.support.databases import Databases
from tests.support.issuer import publish_as_issuer
from tests.support.server import running_server
from tests.support.waiting import HANG_SECONDS

PROD = {"env": "prod", "issuer": "https://issuer.example", "audience": "ledger"}


def test_a_stop_signal_ends_the_service_cleanly(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite") as url, private_server(url, tmp_path) as server:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(HANG_SECONDS) == 0


def test_development_migrates_a_new_database_by_itself(tmp_path: Path) -> None:
    with running_server(f"sqlite:///{tmp_path / 'new' / 'hpts.db'}", tmp_path) as server, server.client() as client:
        client.open_loan()


def test_production_takes_the_issuer_s_tokens_and_gives_none_itself(databases: Databases, tmp_path: Path) -> None:
    jwks = tmp_path / "issuer" / "jwks.json"
    token = mint(load_settings(**{**PROD, "env": "dev", "jwks": str(jwks)}), tenant_id := str(uuid4()))
    publish_as_issuer(jwks, tmp_path / "jwks.json")
    settings = {**PROD, "jwks": str(tmp_path / "jwks.json")}
    with databases.fresh("sqlite") as url, private_server(url, tmp_path, settings) as server:
        with LedgerClient(server.url, token, tenant_id) as client:
            client.open_loan()
        assert httpx.post(f"{server.url}/oauth2/token", timeout=HANG_SECONDS).status_code == 404


def test_several_processes_serve_one_postgresql_ledger(databases: Databases, tmp_path: Path) -> None:
    with (
        databases.fresh("postgresql") as url,
        running_server(url, tmp_path, {"workers": "2"}) as server,
        server.client() as client,
    ):
        loan_id = client.open_loan()
        answers = [client.pay(loan_id, 100) for _ in range(20)]
        assert {answer.status_code for answer in answers} == {201}
        assert client.balance(loan_id).json()["principal_outstanding_minor"] == str(1_000_000 - 2_000)
