"""`hpts demo`: posts 250 real loans through the HTTP API and prints how the ledger compares with their lender's figures."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.console_output import console
from app.cli.error_reporting import CommandError, one_line
from app.demo.loans import SampleLoan, sample_loans
from app.demo.player import DemoFailed, PlayedLoan, Player
from app.demo.report import everything_agrees, print_report
from app.dev.server import ServerFailed, private_server
from app.dev.tokens import mint


def demo(
    url: Annotated[
        str | None, typer.Option(help="A running server, such as http://localhost:3000; default: a private one.")
    ] = None,
    token: Annotated[str | None, typer.Option(help="A token with all scopes for that server, such as $(hpts token).")] = None,
) -> None:
    """Post 250 real loans through the API: lend, accrue interest, assess fees, take payments, compare."""
    out = console()
    try:
        with _api(url, token) as api:
            player = Player(api, uuid4())
            played = _play_with_progress(out, player, sample_loans())
            status = player.reconcile()
    except DemoFailed as failed:
        raise CommandError(str(failed)) from failed
    except ServerFailed as failed:
        lines = str(failed).splitlines()
        raise CommandError(f"{lines[0]} {lines[-1]}") from failed
    except (httpx.TransportError, httpx.InvalidURL) as failed:
        raise CommandError(f"no answer from {url}, {one_line(failed)}: start the server, or correct --url") from failed
    print_report(out, played, status)
    if not everything_agrees(played, status):
        raise typer.Exit(1)


@contextmanager
def _api(url: str | None, token: str | None) -> Iterator[httpx.Client]:
    if (url is None) != (token is None):
        raise CommandError("--url and --token belong together; without both the demo starts a private server")
    if url is not None and token is not None:
        with _client(url, token) as api:
            yield api
        return
    with tempfile.TemporaryDirectory(prefix="hpts-demo-") as name:
        folder = Path(name)
        with (
            private_server(f"sqlite:///{folder / 'demo.db'}", folder) as server,
            _client(server.url, mint(server.settings)) as api,
        ):
            yield api


def _client(url: str, token: str) -> httpx.Client:
    base_url = f"{url.rstrip('/').removesuffix('/v1')}/v1"
    return httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30, follow_redirects=False)


def _play_with_progress(out: Console, player: Player, loans: list[SampleLoan]) -> list[PlayedLoan]:
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        task = progress.add_task("starting", total=3 * len(loans) + 1)
        return player.play(loans, lambda phase: progress.update(task, advance=1, description=phase))
