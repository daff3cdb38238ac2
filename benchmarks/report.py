"""The figures as a table for people and as JSON for the README."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.figures import Figure


def table(figures: list[Figure]) -> Table:
    made = Table(title="HPTS, medians of all rounds; ratios by round")
    for heading in ("figure", "measured", "baseline", "baseline measured", "ratio", "target", ""):
        made.add_column(heading, justify="right" if heading in ("measured", "baseline measured", "ratio") else "left")
    for figure in figures:
        made.add_row(
            figure.name,
            f"{_number(figure.value)} {figure.unit}",
            figure.baseline or "",
            "" if figure.baseline_value is None else f"{_number(figure.baseline_value)} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.target,
            "[green]met[/green]" if figure.is_met else "[red]missed[/red]",
        )
    return made


def write_json(path: Path, machine: dict[str, Any], load: dict[str, Any], figures: list[Figure]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "load": load, "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
