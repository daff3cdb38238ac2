"""The code blocks of the README: commands, and the answers that they give."""

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """`expected` is a JSON object whose members the answer must have, or empty."""

    commands: str
    expected: str


def blocks(readme: Path, language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(readme.read_text()) if name == language]


def steps(readme: Path) -> list[Step]:
    """Each `sh` block in order, with the `json` block that follows it."""
    found = BLOCK.findall(readme.read_text())
    following = [*found[1:], ("", "")]
    return [
        Step(text, after if after_name == "json" else "")
        for (name, text), (after_name, after) in zip(found, following, strict=True)
        if name == "sh"
    ]
