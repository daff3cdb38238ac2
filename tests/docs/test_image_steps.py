"""The steps of the Dockerfile's first stage are run as commands in an empty folder, and what they make serves as the image would.

No engine for containers is needed; the packages come from the index that `make env` uses, which takes most of a minute.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest
from packaging.utils import canonicalize_name

import sbom
from app.dev.child_process import free_port, start_process, stop_process, wait_until
from app.dev.keys import development_key
from app.settings import PREFIX, load_settings
from tests.docs.test_dockerfile import Instruction, read_instructions
from tests.support.issuer import publish_as_issuer
from tests.support.waiting import HANG_SECONDS

INHERITED = ("HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "http_proxy", "https_proxy", "no_proxy")


@dataclass
class Image:
    """The folders of an image within a folder of the test, and the environment that the steps have given it."""

    repository: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    working_folder: Path = field(default_factory=Path)

    def inside(self, text: str) -> str:
        return text.replace("/opt/hpts", str(self.folder / "opt" / "hpts")).replace("/source", str(self.folder / "source"))

    def carry_out(self, step: Instruction) -> None:
        if step.name == "ENV":
            self.environment |= dict(pair.split("=", 1) for pair in self.inside(step.value).split() if "$GIT_SHA" not in pair)
        elif step.name == "WORKDIR":
            self.working_folder = Path(self.inside(step.value))
            self.working_folder.mkdir(parents=True)
        elif step.name == "COPY":
            *sources, target = step.value.split()
            for source in sources:
                self._copy(self.repository / source, self.working_folder / target / (source if target == "./" else ""))
        elif step.name == "RUN":
            self.run("sh", "-euc", self.inside(step.value))

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)

    def run(self, *command: str, settings: Mapping[str, str] = MappingProxyType({})) -> str:
        done = subprocess.run(
            command,
            cwd=self.working_folder,
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def instructions(repository: Path) -> list[Instruction]:
    return read_instructions(repository)


@pytest.fixture(scope="module")
def image(repository: Path, instructions: list[Instruction], tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
    inherited = {name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("PIP_")}
    path = f"{folder / 'bin'}:/usr/bin:/bin"
    made = Image(repository, folder, inherited | {"PATH": path, "PIP_NO_COMPILE": "1"}, folder)  # which saves half the time
    stages = [index for index, each in enumerate(instructions) if each.name == "FROM"]
    for step in instructions[stages[0] + 1 : stages[1]]:
        made.carry_out(step)
    for step in instructions[stages[1] + 1 :]:
        if step.name == "ENV":
            made.carry_out(Instruction("ENV", step.value.replace("$PATH", made.environment["PATH"])))
    shutil.rmtree(folder / "source")
    made.working_folder = folder
    return made


@pytest.fixture
def served(image: Image, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of the image's command, which runs while the test does."""
    own = load_settings(jwks=str(tmp_path / "dev" / "jwks.json"))
    development_key(own)
    publish_as_issuer(Path(own.jwks), tmp_path / "jwks.json")
    settings = {
        f"{PREFIX}PORT": str(free_port()),
        f"{PREFIX}HOST": "127.0.0.1",
        f"{PREFIX}DATABASE_URL": f"sqlite:///{tmp_path / 'hpts.db'}",
        f"{PREFIX}ISSUER": "https://issuer.example",
        f"{PREFIX}AUDIENCE": "hpts",
        f"{PREFIX}JWKS": str(tmp_path / "jwks.json"),
    }
    image.run("hpts", "migrate", settings=settings)
    command = shutil.which("hpts", path=image.environment["PATH"])
    assert command is not None
    process = start_process([command, "serve"], tmp_path / "log", image.environment | settings)
    try:
        assert wait_until(lambda: "HPTS serves" in (tmp_path / "log").read_text(), process), (tmp_path / "log").read_text()
        yield settings
    finally:
        stop_process(process)


def test_it_has_what_the_bill_of_materials_names_and_nothing_more(image: Image) -> None:
    listed = json.loads(image.run(str(image.folder / "opt/hpts/bin/pip"), "list", "--format=json"))
    there = {canonicalize_name(each["name"]) for each in listed} - {"pip", "setuptools"}
    assert there == set(sbom.runtime_packages())


def test_its_command_serves_and_its_health_check_passes(
    image: Image, served: dict[str, str], instructions: list[Instruction]
) -> None:
    (check,) = [each.value for each in instructions if each.name == "HEALTHCHECK"]
    image.run(*json.loads(check.partition("CMD ")[2]), settings=served)
    assert image.run("hpts", "verify", settings=served)
