"""The TypeScript package, packed as it is published: a caller compiles against it; what the contract forbids does not."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from app.contract.document import Contract
from clients.generate import FOLDER as CLIENTS
from contract_tests.node import FOLDER, npm, program
from tests.support.readme import blocks

PACKAGE = CLIENTS / "typescript"
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
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package is installed."""
    folder = tmp_path_factory.mktemp("typescript")
    npm(PACKAGE, "pack", "--offline", "--silent", "--cache", str(folder / "cache"), "--pack-destination", str(folder))
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder / "node_modules", filter="data")
    (folder / "node_modules" / "package").rename(folder / "node_modules" / "hpts-types")
    return folder


def compile_programs(folder: Path, *texts: str) -> subprocess.CompletedProcess[str]:
    names = [f"program{number}.ts" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return subprocess.run([*program("tsc"), *STRICT, *names], cwd=folder, capture_output=True, text=True, check=False)


def test_a_caller_and_the_page_of_the_package_compile_and_what_the_contract_forbids_does_not(installed: Path) -> None:
    (page,) = blocks(PACKAGE / "README.md", "ts")
    done = compile_programs(installed, EXAMPLE.read_text("utf-8"), page)
    assert done.returncode == 0, done.stdout


def test_a_wrong_use_is_an_error_of_the_compiler(installed: Path) -> None:
    done = compile_programs(installed, EXAMPLE.read_text("utf-8").replace("// @ts-expect-error amounts are strings\n", ""))
    assert done.returncode != 0
    assert "Type 'number' is not assignable to type 'string'" in done.stdout


def test_the_package_holds_the_types_and_has_the_version_of_the_contract(installed: Path, contract: Contract) -> None:
    package = installed / "node_modules" / "hpts-types"
    assert {path.name for path in package.iterdir()} == {"README.md", "index.d.ts", "package.json"}
    manifest = json.loads((package / "package.json").read_text("utf-8"))
    assert manifest["version"] == contract.document["info"]["version"]
