"""The Node programs of the checks: `python -m contract_tests.node` installs what package-lock.json names, once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from app.conformance.node import NodeUnavailable, node

FOLDER: Final = Path(__file__).parent
PROGRAMS: Final = FOLDER / "node_modules" / ".bin"
NPM_SECONDS: Final = 600


def program(name: str) -> list[str]:
    """The command line that runs an installed program, such as `prism`. Raises NodeUnavailable."""
    script = PROGRAMS / name
    if not script.exists():
        raise NodeUnavailable(f"{name} is not installed: run `python -m contract_tests.node`, which `make test` does")
    return [str(node()), str(script.resolve())]


def path_with_programs() -> str:
    """PATH with the installed programs before all others."""
    return os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", "")])


def install() -> None:
    """Exactly what the lock names. Raises NodeUnavailable, CalledProcessError."""
    npm(FOLDER, "ci")


def npm(folder: Path, *arguments: str) -> None:
    """Runs npm in `folder`. Raises NodeUnavailable, CalledProcessError."""
    script = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node()), str(script)] if script.is_file() else [shutil.which("npm") or "npm"]
    path = os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": path}
    subprocess.run([*command, *arguments, "--loglevel=error"], cwd=folder, env=environment, timeout=NPM_SECONDS, check=True)


if __name__ == "__main__":
    try:
        install()
    except NodeUnavailable as missing:
        sys.exit(str(missing))
