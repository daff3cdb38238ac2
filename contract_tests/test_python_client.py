"""openapi-python-client makes a typed client of the contract; the README's ten lines use it against a real server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.contract.document import DOCUMENT
from app.contract.operations import each_operation
from tests.support.databases import Databases
from tests.support.readme import blocks
from tests.support.server import RunningServer, running_server

REPOSITORY = Path(__file__).parent.parent
NAME = "hpts_client"
LINES_MAX = 10
REFUSED = """
answer = post_payment.sync_detailed(client=client, body=payment, idempotency_key="payment:loan-42:2")
assert answer.status_code == 422 and isinstance(answer.parsed, models.Problem), answer
print(answer.parsed.code.value)
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the generated package lies in."""
    folder = tmp_path_factory.mktemp("python-client")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [str(Path(sys.executable).parent / "openapi-python-client"), "generate", "--path", str(DOCUMENT), "--meta", "none"]
    done = subprocess.run(
        [*command, "--output-path", str(folder / NAME)],
        env=os.environ | {"PATH": programs},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout.lower(), done.stdout
    return folder


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with databases.fresh("sqlite") as url, running_server(url, tmp_path_factory.mktemp("generated")) as running:
        yield running


def program(server: RunningServer) -> str:
    """The README's lines, for this server."""
    (text,) = blocks(REPOSITORY / "README.md", "python")
    return text.replace("http://localhost:3000", server.url)


def run(generated: Path, text: str, token: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=generated,
        env=os.environ | {"TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_operation_has_a_function(generated: Path, document: dict[str, Any]) -> None:
    made = {path.stem for path in (generated / NAME / "api").rglob("*.py") if path.stem != "__init__"}
    assert made == {re.sub("([A-Z])", r"_\1", each["operationId"]).lower() for _, _, each in each_operation(document)}


def test_the_lines_of_the_readme_pay_a_loan_and_a_problem_is_typed(generated: Path, server: RunningServer) -> None:
    text = program(server)
    assert len([line for line in text.splitlines() if line]) <= LINES_MAX
    with server.client() as client:
        loan_id, borrower_id = "0198c0de-0000-7000-8000-0000000000aa", "0198c0de-0000-7000-8000-0000000000bb"
        opened = client.disburse(loan_id, 1_000_000, borrower_id=borrower_id, effective_at="2026-01-15")
        assert opened.status_code == 201
        assert "principal_minor='88849'" in run(generated, text, client.token)
        another = text.replace('amount_minor="88849"', 'amount_minor="1"').rpartition("print")[0]
        assert run(generated, another + REFUSED, client.token) == "idempotency_mismatch\n"


def test_the_lines_of_the_readme_hold_against_the_client_s_types(generated: Path, server: RunningServer) -> None:
    (generated / "program.py").write_text(program(server), encoding="utf-8")
    wrong = program(server).replace('amount_minor="88849"', "amount_minor=88849")
    (generated / "wrong.py").write_text(wrong, encoding="utf-8")
    mypy = [sys.executable, "-m", "mypy", "--no-incremental", "--config-file", os.devnull, "--follow-imports=silent"]
    sound, refused = (
        subprocess.run([*mypy, name], cwd=generated, capture_output=True, text=True, check=False)
        for name in ("program.py", "wrong.py")
    )
    assert sound.returncode == 0, sound.stdout
    assert 'expected "str"' in refused.stdout
