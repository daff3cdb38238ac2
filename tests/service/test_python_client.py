"""The Python client as its users have it: a wheel in an environment of its own, against the real server on both engines."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from standardwebhooks import Webhook

from app.contract.document import load
from tests.support.client import LedgerClient, new_id, today
from tests.support.client_package import SOURCE, build_wheel, install
from tests.support.readme import blocks
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS

PROGRAM: Final = Path(__file__).with_name("python_client_program.py")
README_LINES_MAX: Final = 10
LOAN_ID, BORROWER_ID = "0198c0de-0000-7000-8000-0000000000aa", "0198c0de-0000-7000-8000-0000000000bb"
"""Those of README."""
SECRET: Final = "whsec_" + base64.b64encode(bytes(range(32))).decode()
WRONG_USES: Final = """
models.FeeRequest(amount_minor=500, currency="USD", effective_at=date(2026, 3, 15), description="Late")  # type: ignore[arg-type]
models.PaymentRequest()  # type: ignore[call-arg]
payment.source_method = "barter"  # type: ignore[assignment]
client.send(post_payment(payment)).balance_minor  # type: ignore[attr-defined]
for line in client.each(post_payment(payment)):  # type: ignore[arg-type, var-annotated]
    pass
"""
"""Each is an error for mypy: a comment that hides none would be one too."""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the client."""
    return install(wheel, tmp_path_factory.mktemp("client") / "venv")


@pytest.fixture
def readme(repository: Path, server: RunningServer) -> str:
    """The lines of README, for this server."""
    (text,) = blocks(repository / "README.md", "python")
    return text.replace("http://localhost:3000", server.url)


def run(python: Path, program: list[str], variables: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(
        [str(python), "-I", "-W", "error", *program],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def signed_webhooks() -> str:
    """One signed by the package of another party, and one signed here, beside the signature of another secret."""
    now, identifier = int(time.time()), new_id()
    event = {"journal_entry_id": identifier, "tenant_id": new_id(), "event_type": "payment_received"}
    body = json.dumps(event | {"occurred_at": "2026-11-22T21:40:15.123456Z"})
    own = hmac.digest(bytes(range(32)), f"{identifier}.{now}.{body}".encode(), hashlib.sha256)
    signatures = [
        Webhook(SECRET).sign(identifier, datetime.fromtimestamp(now, UTC), body),
        f"v1,{base64.b64encode(bytes(32)).decode()} v1,{base64.b64encode(own).decode()}",
    ]
    common = {"webhook-id": identifier, "webhook-timestamp": str(now)}
    return json.dumps([{"headers": common | {"webhook-signature": each}, "body": body} for each in signatures])


def open_loan(client: LedgerClient) -> None:
    """The loan that README opened."""
    opened = client.disburse(LOAN_ID, 1_000_000, borrower_id=BORROWER_ID, effective_at="2026-01-15")
    assert opened.status_code == 201, opened.text


def test_the_wheel_holds_the_package_with_its_types_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(SOURCE).as_posix() for path in (SOURCE / "hpts_client").rglob("*") if path.suffix in {".py", ".typed"}
    }
    assert names == there
    assert {"hpts_client/py.typed", "hpts_client/api/__init__.py", "hpts_client/models/__init__.py"} <= names


def test_it_needs_no_more_than_it_declares(python: Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "No broken requirements" in done.stdout


def test_it_posts_replays_is_refused_pages_and_verifies(
    python: Path, server: RunningServer, client: LedgerClient, tmp_path: Path
) -> None:
    variables = {"BASE_URL": f"{server.url}/v1", "TOKEN": client.token, "TODAY": today(), "SECRET": SECRET}
    assert run(python, [str(PROGRAM)], variables | {"WEBHOOKS": signed_webhooks()}, tmp_path) == "done\n"


def test_the_ten_lines_of_the_readme_pay_a_loan(python: Path, readme: str, client: LedgerClient, tmp_path: Path) -> None:
    assert len([line for line in readme.splitlines() if line]) <= README_LINES_MAX
    open_loan(client)
    assert "principal_minor='88849'" in run(python, ["-c", readme], {"TOKEN": client.token}, tmp_path)


def test_the_page_of_the_package_is_true(python: Path, server: RunningServer, client: LedgerClient, tmp_path: Path) -> None:
    open_loan(client)
    (webhook, _) = json.loads(signed_webhooks())
    text = "\n".join(blocks(SOURCE / "README.md", "python")).replace("http://localhost:3000", server.url)
    variables = {"TOKEN": client.token, "SECRET": SECRET, "WEBHOOK": json.dumps(webhook)}
    given = "import json, os\nwebhook = json.loads(os.environ['WEBHOOK'])\n"
    given += "headers, body = webhook['headers'], webhook['body'].encode()\n"
    (tmp_path / "page.py").write_text(given + text, encoding="utf-8")
    printed = run(python, ["page.py"], variables, tmp_path)
    assert printed.splitlines()[0].startswith("PaymentPosted("), printed


def test_its_types_hold_a_program_to_the_contract(wheel: Path, python: Path, repository: Path, tmp_path: Path) -> None:
    (text,) = blocks(repository / "README.md", "python")
    (tmp_path / "program.py").write_text(text + WRONG_USES, encoding="utf-8")
    strict = ["--strict", "--no-incremental", "--config-file", os.devnull, "--python-executable", str(python)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *strict, "program.py", str(PROGRAM)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_wheel_has_the_version_of_the_contract(wheel: Path) -> None:
    assert wheel.name.split("-")[1] == load().document["info"]["version"]
