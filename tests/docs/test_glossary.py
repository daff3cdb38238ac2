"""docs/glossary.md names what exists: every file and every name in code style is found in the code or the contract."""

import re
from pathlib import Path

PAGE = "docs/glossary.md"
NAMED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"^[\w.]+(/[\w.]+)+/?$")
NAME = re.compile(r"\w+")
SOURCES = ("app/**/*.py", "handlers/*.py", "openapi/source/*.yaml")


def named(repository: Path) -> list[str]:
    return NAMED.findall((repository / PAGE).read_text("utf-8"))


def test_every_file_it_names_exists(repository: Path) -> None:
    paths = [each for each in named(repository) if PATH.match(each)]
    assert len(paths) >= 10
    assert [each for each in paths if not (repository / each).exists()] == []


def test_every_name_it_gives_is_in_the_code(repository: Path) -> None:
    words = {word for pattern in SOURCES for file in repository.glob(pattern) for word in NAME.findall(file.read_text("utf-8"))}
    names = [each for each in named(repository) if not PATH.match(each)]
    assert len(names) >= 40
    assert [each for each in names if not words.issuperset(each.split("."))] == []
