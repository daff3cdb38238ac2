"""openapi-typescript makes types of the contract, and a caller compiles against them; what the contract forbids does not."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.contract.document import DOCUMENT
from contract_tests.node import FOLDER, program

EXAMPLE = FOLDER / "clients" / "example.ts"
STRICT = (
    "--strict",
    "--noEmit",
    "--target",
    "es2022",
    "--module",
    "es2022",
    "--moduleResolution",
    "bundler",
    "--pretty",
    "false",
)


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("typescript") / "contract.d.ts"
    subprocess.run([*program("openapi-typescript"), str(DOCUMENT), "--output", str(made)], capture_output=True, check=True)
    return made


def compile_example(types: Path, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(types, folder)
    (folder / "example.ts").write_text(text, encoding="utf-8")
    return subprocess.run([*program("tsc"), *STRICT, "example.ts"], cwd=folder, capture_output=True, text=True, check=False)


def test_a_caller_compiles_and_what_the_contract_forbids_does_not(types: Path, tmp_path: Path) -> None:
    done = compile_example(types, tmp_path, EXAMPLE.read_text("utf-8"))
    assert done.returncode == 0, done.stdout


def test_a_wrong_use_is_an_error_of_the_compiler(types: Path, tmp_path: Path) -> None:
    done = compile_example(types, tmp_path, EXAMPLE.read_text("utf-8").replace("// @ts-expect-error amounts are strings\n", ""))
    assert done.returncode != 0
    assert "Type 'number' is not assignable to type 'string'" in done.stdout
