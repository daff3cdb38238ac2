"""The `hpts` command: registers the subcommands, each of which is a module of app/cli.

Errors are printed as plain lines on standard error, with exit code 2 for wrong settings and 1 for other errors.
"""

from typing import Annotated

import typer

from app.cli.backup import backup
from app.cli.contract_check import contract_check
from app.cli.contract_diff import contract_diff
from app.cli.deliver import deliver
from app.cli.demo import demo
from app.cli.dev_certs import dev_certs
from app.cli.dev_token import token
from app.cli.error_reporting import report_errors
from app.cli.migrate import migrate
from app.cli.reconcile import reconcile
from app.cli.restore import restore
from app.cli.rotate_secret_key import rotate_secret_key
from app.cli.serve import serve
from app.cli.verify import verify
from app.health import GIT_SHA, VERSION


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"hpts {VERSION}, git {GIT_SHA}")
        raise typer.Exit


app = typer.Typer(
    name="hpts",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """A lending ledger behind an HTTP API. Settings come from the environment: HPTS_DATABASE_URL and others, see README.md."""


for command in (serve, migrate, token, dev_certs, demo, reconcile, verify, backup, restore, rotate_secret_key, deliver):
    app.command()(report_errors(command))

contract = typer.Typer(help="Checks of the contract, for use in CI.", no_args_is_help=True)
contract.command("check")(report_errors(contract_check))
contract.command("diff")(report_errors(contract_diff))
app.add_typer(contract, name="contract")
