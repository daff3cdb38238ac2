"""`python -m tests.branch_coverage` runs four layers of tests, prints which branches they take, and fails below the floors.

Every process counts, the servers and commands that tests start included: see [tool.coverage.run] in pyproject.toml.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coverage import Coverage
from rich.console import Console
from rich.table import Table

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "var" / "coverage"
LAYERS: Final = ("tests/unit", "tests/properties", "tests/store", "tests/service")
TOTAL: Final = "all"
FLOORS: Final = {TOTAL: (87, 77), "app/ledger": (95, 95), "app/posting": (95, 95), "app/reads": (95, 95)}
"""Percent of the statements, and of the branches, that must at least be reached; what `contract_tests` reach comes on top."""


@dataclass(slots=True)
class Reached:
    """How much of a package the tests reach, and where they do not."""

    statements: int = 0
    statements_reached: int = 0
    branches: int = 0
    branches_reached: int = 0
    missing: str = ""

    def add(self, file: str, measured: dict[str, Any]) -> None:
        summary = measured["summary"]
        self.statements += summary["num_statements"]
        self.statements_reached += summary["covered_lines"]
        self.branches += summary["num_branches"]
        self.branches_reached += summary["covered_branches"]
        places = [f"{line}" for line in measured["missing_lines"]]
        places += [f"{start}→{end if end > 0 else 'exit'}" for start, end in measured["missing_branches"]]
        if places:
            self.missing += f"{file}: {', '.join(places)}\n"

    @property
    def statements_percent(self) -> float:
        return _percent(self.statements_reached, self.statements)

    @property
    def branches_percent(self) -> float:
        return _percent(self.branches_reached, self.branches)

    def is_below(self, floors: tuple[int, int]) -> bool:
        return self.statements_percent < floors[0] or self.branches_percent < floors[1]


def main(arguments: list[str]) -> int:
    """`arguments` are those of pytest; the exit code is pytest's, or 1 for a package below its floor."""
    console = Console()
    code = run_tests(arguments or list(LAYERS))
    packages = by_package(json.loads(report().read_text())["files"])
    console.print(table(packages))
    below = [name for name, floors in FLOORS.items() if packages[name].is_below(floors)]
    for name in below:
        statements, branches = FLOORS[name]
        console.print(f"{name} is below its floors: {statements} % of statements, {branches} % of branches", style="red")
        console.print("" if name == TOTAL else packages[name].missing, highlight=False)
    return code or bool(below)


def run_tests(arguments: list[str]) -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, check=False).returncode


def report() -> Path:
    """What all processes have left, joined."""
    measured = Coverage(config_file=str(ROOT / "pyproject.toml"))
    measured.combine()
    measured.save()
    path = FOLDER / "report.json"
    measured.json_report(outfile=str(path))
    return path


def by_package(files: dict[str, Any]) -> dict[str, Reached]:
    packages: defaultdict[str, Reached] = defaultdict(Reached)
    for file, measured in sorted(files.items()):
        for name in (TOTAL, "/".join(Path(file).parts[:-1][:2])):
            packages[name].add(file, measured)
    return packages


def table(packages: dict[str, Reached]) -> Table:
    made = Table(title="reached by the tests, in percent")
    for heading in ("package", "statements", "branches", "of statements", "of branches", "floors"):
        made.add_column(heading, justify="left" if heading == "package" else "right")
    for name, reached in sorted(packages.items()):
        made.add_row(
            name,
            f"{reached.statements_percent:.1f}",
            f"{reached.branches_percent:.1f}",
            str(reached.statements),
            str(reached.branches),
            " / ".join(map(str, FLOORS.get(name, ()))),
        )
    return made


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
