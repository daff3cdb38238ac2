"""The README quotes the benchmark's results as they were measured."""

import json
from pathlib import Path

from benchmarks.report import BEGIN, END, markdown


def test_the_readme_quotes_the_newest_complete_run(repository: Path) -> None:
    results = json.loads((repository / "benchmarks" / "results" / "latest.json").read_text())
    quoted = (repository / "README.md").read_text().partition(BEGIN)[2].partition(END)[0]
    assert quoted == markdown(results)
