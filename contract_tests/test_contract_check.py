"""`hpts contract check` passes a deployment that conforms to the contract, and reports how others break it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4
from xml.etree import ElementTree

import httpx
import pytest
from werkzeug.wrappers import Request

from app.dev.tokens import mint
from contract_tests.node import path_with_programs
from contract_tests.tampering import one_field_more, relay
from tests.support.books import Books
from tests.support.certificates import certificates, thumbprint
from tests.support.databases import Databases
from tests.support.server import RunningServer, running_server

CHECKS = [
    *("liveness", "token", "document", "published fragment", "operations"),
    *("Schemathesis", "openapi-core on every answer", "Prism parity"),
]


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("checked")
    with databases.fresh("sqlite") as url, running_server(url, folder, {"log_level": "info"}) as running:
        yield running


def methods(server: RunningServer, since: int) -> set[str]:
    """The methods of the requests that the server's log has after its first `since` characters."""
    return set(re.findall(r"method=(\S+)", server.private.log.read_text("utf-8")[since:]))


def check(url: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "contract", "check", url, "--seed", "7", *options],
        env=os.environ | {"PATH": path_with_programs(), "CI": ""} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def verdicts(junit: Path) -> dict[str, str]:
    """What the JUnit report says of each check."""
    cases = ElementTree.parse(junit).getroot().iter("testcase")
    return {case.attrib["name"]: next((each.tag for each in case), "passed") for case in cases}


def test_a_sound_deployment_passes_and_nothing_is_written_to_it(server: RunningServer, tmp_path: Path) -> None:
    tenant = str(uuid4())
    with server.client(tenant) as client, Books(server.database_url) as books:
        loan_id = client.open_loan()
        before, logged = books.of(tenant), len(server.private.log.read_text("utf-8"))
        done = check(
            server.url,
            "--loan",
            loan_id,
            "--strict",
            "--junit",
            str(tmp_path / "j.xml"),
            "--html",
            str(tmp_path / "r.html"),
            HPTS_TOKEN=client.token,
        )
        assert books.of(tenant) == before
        assert methods(server, logged) <= {"GET", "HEAD", "OPTIONS", "TRACE"}
    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts(tmp_path / "j.xml") == dict.fromkeys(CHECKS, "passed")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert all(name in page for name in (*CHECKS, f"{server.url}/v1"))
    assert client.token not in page + done.stdout


def test_a_sound_deployment_passes_with_postings_and_another_tenant_s_token(server: RunningServer, tmp_path: Path) -> None:
    tokens = ("--token", server.token(), "--other-tenant-token", server.token())
    done = check(f"{server.url}/v1/", "--write", *tokens, "--junit", str(tmp_path / "j.xml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts(tmp_path / "j.xml") == dict.fromkeys(CHECKS, "passed")


def test_an_undeclared_field_fails_schemathesis_openapi_core_and_prism(server: RunningServer, tmp_path: Path) -> None:
    with relay(server.url, after=one_field_more("/accounts/1100/balance")) as url:
        token = server.token()
        done = check(url, "--token", token, "--junit", str(tmp_path / "j.xml"))
        assert "[Filtered]" not in done.stdout
        command = next(line for line in done.stdout.splitlines() if line.strip().startswith("curl ") and "USD" in line)
        assert token not in done.stdout
        pasted = subprocess.run(["sh", "-c", command], env=os.environ | {"HPTS_TOKEN": token}, capture_output=True, check=False)
        assert b"surprise" in pasted.stdout, (command, pasted)
    assert done.returncode == 1
    found = verdicts(tmp_path / "j.xml")
    assert {name for name, verdict in found.items() if verdict == "failure"} == set(CHECKS[4:])
    assert "surprise" in done.stdout


def test_checks_fail_on_a_document_without_the_operations_but_none_is_left_out(server: RunningServer, tmp_path: Path) -> None:
    def another(request: Request, answer: httpx.Response) -> bytes:
        return b'{"openapi": "3.1.0", "paths": {"/x": 1}}' if request.path == "/openapi.json" else answer.content

    with relay(server.url, after=another) as url:
        done = check(url, "--junit", str(tmp_path / "j.xml"), "--html", str(tmp_path / "r.html"))
    assert done.returncode == 1
    found = verdicts(tmp_path / "j.xml")
    assert {name for name, verdict in found.items() if verdict == "failure"} == {"document", "published fragment"}
    assert "Traceback" not in done.stderr


def test_after_a_wrong_liveness_answer_all_other_checks_are_skipped(server: RunningServer, tmp_path: Path) -> None:
    with relay(server.url, after=one_field_more("/health/live")) as url:
        done = check(url, "--junit", str(tmp_path / "j.xml"))
    assert done.returncode == 1
    assert verdicts(tmp_path / "j.xml") == {"liveness": "failure", **dict.fromkeys(CHECKS[1:], "skipped")}


def test_no_answer_a_stale_token_and_a_missing_token_are_each_reported(server: RunningServer) -> None:
    away = check("http://127.0.0.1:9")
    assert away.returncode == 1
    assert "no answer" in away.stdout
    stale = check(server.url, "--token", "stale")
    assert stale.returncode == 1
    assert "token: is not accepted: 401" in stale.stdout
    bare = check(server.url, "--write")
    assert (bare.returncode, bare.stderr.count("\n")) == (1, 1)
    assert "--token" in bare.stderr


def test_a_partner_host_is_checked_with_a_client_certificate_and_a_bound_token(databases: Databases, tmp_path: Path) -> None:
    made, folder = certificates(), tmp_path / "certificates"
    folder.mkdir()
    made.write(folder)
    settings = {
        "tls_cert": str(folder / "server.pem"),
        "tls_key": str(folder / "server.key"),
        "tls_client_ca": str(folder / "ca.pem"),
        "tls_client_crl": str(folder / "crl.pem"),
        "partner_hosts": "localhost",
    }
    files = ("--ca-cert", str(folder / "ca.pem"), "--cert", str(folder / "good.pem"), "--key", str(folder / "good.key"))
    with databases.fresh("sqlite") as database_url, running_server(database_url, tmp_path, settings) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        token = mint(server.private.settings, str(uuid4()), thumbprint=thumbprint(made.good))
        done = check(url, *files, "--junit", str(tmp_path / "j.xml"), HPTS_TOKEN=token)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "failure" not in verdicts(tmp_path / "j.xml").values()
        without = check(url, *files[:2], HPTS_TOKEN=token)
        assert without.returncode == 1
        assert "answered 403" in without.stdout
