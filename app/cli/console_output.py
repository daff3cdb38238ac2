"""Where commands print: as wide as the terminal, and wide enough for any table where there is none."""

import sys
from typing import Final

from rich.console import Console
from rich.text import Text

PIPED_WIDTH: Final = 160


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)


def verdict(is_ok: bool, otherwise: str) -> Text:
    """`ok` in green, or what is wrong in red."""
    return Text("ok", style="green") if is_ok else Text(otherwise, style="bold red", overflow="fold")
