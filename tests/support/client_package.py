"""The Python client as a user has it: its wheel, installed in a virtual environment that has nothing but what it declares.

Nothing comes from the network: the dependencies are copied from the environment of the tests.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).parents[2] / "clients" / "python"
NAME: Final = "hpts-client"
REQUIREMENT: Final = re.compile(r"^([A-Za-z0-9._-]+)[^;]*(?:;(.*))?$")


def build_wheel(folder: Path) -> Path:
    """The sources are copied, because the builder leaves files beside them."""
    shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(folder / "source"))
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """The Python of a new virtual environment in `folder` with the wheel and all that it needs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    pip("install", "--no-deps", "--target", str(site), str(wheel))
    (installed,) = distributions(name=NAME, path=[str(site)])
    for needed in requirements(installed, {NAME}):
        _copy(needed, site)
    return folder / "bin" / "python"


def requirements(of: Distribution, seen: set[str]) -> Iterable[Distribution]:
    """What it needs, and what that needs. Extras are left out, and what the environment lacks because its Python needs it not."""
    for line in of.requires or ():
        match = REQUIREMENT.match(line)
        assert match, line
        name, marker = match.groups()
        if name.lower() in seen or "extra" in (marker or ""):
            continue
        seen.add(name.lower())
        try:
            found = distribution(name)
        except PackageNotFoundError:
            if marker:
                continue
            raise
        yield found
        yield from requirements(found, seen)


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _copy(package: Distribution, site: Path) -> None:
    for file in package.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)
