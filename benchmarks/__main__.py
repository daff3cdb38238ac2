"""`python -m benchmarks`: runs the measures and prints their table; a complete run writes results/latest.json and the README.

Exit status: 0 when every target is met, 1 when a run was invalid, 3 when a target is missed.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import machine, report
from benchmarks.bench import Bench
from benchmarks.databases import Databases
from benchmarks.measures import MEASURES
from benchmarks.tokens import make_issuer
from benchmarks.wrk import CONNECTIONS, InvalidRun, load_tool
from tests.support.postgres import postgres_server

RESULTS = Path(__file__).parent / "results" / "latest.json"
README = Path(__file__).parent.parent / "README.md"
INVALID, MISSED = 1, 3
TABLE_COLUMNS = 150


def main(
    quick: Annotated[bool, typer.Option(help="One round of three seconds: whether it works, not how fast it is.")] = False,
    only: Annotated[str, typer.Option(help=f"Some measures, separated by commas: {', '.join(MEASURES)}.")] = "",
    json: Annotated[Path | None, typer.Option(help="Write the figures here too.")] = None,
    seconds: Annotated[int, typer.Option(min=1, help="How long each measured run of wrk is.")] = 10,
) -> None:
    """Measure HPTS beside its baselines."""
    console = Console(width=max(TABLE_COLUMNS, Console().width))
    chosen = _chosen(only)
    rounds, seconds = (1, 3) if quick else (3, seconds)
    try:
        bench, facts = _measure(console, chosen, rounds, seconds)
    except (InvalidRun, TimeoutError) as error:
        console.print(
            "invalid run:", "\n".join([str(error), *getattr(error, "__notes__", ())]), markup=False, highlight=False, style="red"
        )
        raise typer.Exit(INVALID) from None
    console.print(report.table(bench.figures))
    load = {"connections": CONNECTIONS, "tool": load_tool(), "rounds": rounds, "seconds": seconds}
    is_complete = not quick and chosen == list(MEASURES)
    for path in filter(None, (RESULTS if is_complete else None, json)):
        report.write_json(path, facts, load, bench.figures)
        console.print(f"written to {path}")
    if is_complete:
        report.quote(README, RESULTS)
    if not all(figure.is_met for figure in bench.figures):
        raise typer.Exit(MISSED)


def _chosen(only: str) -> list[str]:
    asked = {name.strip() for name in only.split(",") if name.strip()} or set(MEASURES)
    if unknown := asked - set(MEASURES):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; known are {', '.join(MEASURES)}", param_hint="--only")
    return [name for name in MEASURES if name in asked]


def _measure(console: Console, chosen: list[str], rounds: int, seconds: int) -> tuple[Bench, dict[str, object]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hpts-bench-")))
        databases = Databases(stack.enter_context(postgres_server(fsync=True)), folder)
        bench = Bench(databases, make_issuer(folder), folder, rounds, seconds, stack, console)
        for name in chosen:
            console.rule(name)
            MEASURES[name](bench)
        for name, ledger in bench.ledgers.items():
            bench.require_reconciled(name, ledger, days_ago=2)
        return bench, machine.facts(databases.postgres_version())


if __name__ == "__main__":
    typer.run(main)
