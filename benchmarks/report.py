"""The figures as a table for the terminal, as JSON, and as the part of the README that quotes them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from benchmarks.figures import Figure

BEGIN: Final = "<!-- benchmark: written by a complete run -->\n"
END: Final = "<!-- /benchmark -->"


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


def quote(readme: Path, results: Path) -> None:
    """Put the results between the README's marks."""
    before, _, rest = readme.read_text().partition(BEGIN)
    readme.write_text(before + BEGIN + markdown(json.loads(results.read_text())) + END + rest.partition(END)[2])


def markdown(results: dict[str, Any]) -> str:
    """What was written by `write_json`: where and how it was measured, then a row for each figure."""
    machine, load = results["machine"], results["load"]
    postgres_version = machine["postgresql"].partition(" ")[0]
    rows = ["| figure | measured | baseline | ratio | target | |", "|---|---|---|---|---|---|"]
    for figure in (Figure(**each) for each in results["figures"]):
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        verdict = "met" if figure.is_met else "missed"
        measured = f"{_number(figure.value)} {figure.unit}"
        rows.append(f"| {figure.name} | {measured} | {_baseline(figure)} | {ratio} | {figure.target} | {verdict} |")
    return f"""Measured on {machine["date"][:10]}: {machine["cores"]} cores ({machine["cpu"]}), Python {machine["python"]}, \
PostgreSQL {postgres_version} with fsync on, SQLite {machine["sqlite"]}; server, database
and load generator share the cores. {load["connections"]} connections, {load["rounds"]} rounds of {load["seconds"]} seconds, \
medians; a ratio compares runs that follow each other.

{chr(10).join(rows)}
"""


def _baseline(figure: Figure) -> str:
    if figure.baseline_value is None:
        return ""
    return f"{figure.baseline}, {_number(figure.baseline_value)} {figure.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
