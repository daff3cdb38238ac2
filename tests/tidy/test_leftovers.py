"""Nothing is left to be done later: a note in the code is read by nobody who plans."""

import re
from typing import Final

from tests.tidy.sources import EVERYTHING, REPOSITORY, sources

NOTE: Final = re.compile(r"\b(?:TO[D]O|FIX[M]E)\b")
OTHER_FILES: Final = ("app/**/*.sql", "openapi/**/*.yaml", "benchmarks/**/*.lua", "*.toml", "*.ini", "Makefile", "Dockerfile")


def test_no_code_has_a_note_of_what_is_still_to_be_done() -> None:
    texts = {source.path: source.text for source in sources(EVERYTHING)}
    texts |= {str(file): file.read_text("utf-8") for pattern in OTHER_FILES for file in REPOSITORY.glob(pattern)}
    assert [path for path, text in texts.items() if NOTE.search(text)] == []
