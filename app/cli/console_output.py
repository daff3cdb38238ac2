"""The console that commands print to: as wide as the terminal, or wide enough for every table if output is piped."""

import sys
from typing import Final

from rich.console import Console
from rich.text import Text

PIPED_WIDTH: Final = 160


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)


def verdict_text(is_ok: bool, problem: str) -> Text:
    """`ok` in green, or the problem in red."""
    return Text("ok", style="green") if is_ok else Text(problem, style="bold red", overflow="fold")
