"""The service tests once more, through a proxy that lets no answer pass that breaks the contract.

Tests of bytes that are no JSON are left out: the proxy reads each body and writes it anew.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.conformance.prism import proxy
from app.contract.routing_view import BASE_PATH
from contract_tests.node import path_with_programs, program
from tests.support.databases import Databases
from tests.support.proxy import OF_PRISM, VARIABLE
from tests.support.server import running_server
from tests.support.waiting import HANG_SECONDS

REPOSITORY = Path(__file__).parent.parent
LEFT_OUT = ("test_bad_bodies.py", "test_framing.py")
BELOW_THE_CONTRACT = ("test_head_is", "test_the_deprecated_trace_header", "test_headers_that_are_too_large")
"""What Prism answers itself: it has limits of its own, knows no HEAD, and checks a header that the service ignores."""
SELECTED = " and not ".join(("sqlite", *BELOW_THE_CONTRACT))
USES_THE_SERVER = "client: LedgerClient"


def proxied_modules() -> list[str]:
    """The modules of service tests that speak to the server as clients do."""
    modules = sorted((REPOSITORY / "tests" / "service").glob("test_*.py"))
    return [str(each) for each in modules if each.name not in LEFT_OUT and USES_THE_SERVER in each.read_text("utf-8")]


@pytest.mark.timeout(3 * 3_600)
def test_the_service_tests_pass_through_the_validating_proxy() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", SELECTED, *proxied_modules()],
        cwd=REPOSITORY,
        env=os.environ | {VARIABLE: "1", "PATH": path_with_programs()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-10_000:] + run.stderr[-2_000:]
    passed = int(run.stdout.rpartition(" passed")[0].split()[-1])
    assert passed > 200


def test_the_proxy_lets_no_answer_pass_that_breaks_the_contract(
    document: dict[str, Any], databases: Databases, tmp_path: Path
) -> None:
    schemas = document["components"]["schemas"]
    liveness = schemas["LivenessStatus"] | {"properties": schemas["LivenessStatus"]["properties"] | {"status": {"enum": ["up"]}}}
    another = {**document, "components": {**document["components"], "schemas": {**schemas, "LivenessStatus": liveness}}}
    with (
        databases.fresh("sqlite") as url,
        running_server(url, tmp_path) as server,
        proxy(another, server.url + BASE_PATH, program("prism")) as prism,
    ):
        refused, passed = (httpx.get(f"{prism.url}/health/{name}", timeout=HANG_SECONDS) for name in ("live", "ready"))
    assert (refused.status_code, refused.json()["type"]) == (500, f"{OF_PRISM}VIOLATIONS")
    assert "status" in json.dumps(refused.json()["validation"])
    assert passed.json()["status"] == "ok"
