"""The `hpts` command. Each subcommand is a module of app/command; here they get their names.

Whatever goes wrong is said in a few plain lines on standard error: exit code 2 for wrong settings, 1 for everything else.
"""

import typer

from app.command.clear_errors import clear_errors
from app.command.contract_check import contract_check
from app.command.contract_diff import contract_diff
from app.command.demo import demo
from app.command.migrate import migrate
from app.command.reconcile import reconcile
from app.command.serve import serve
from app.command.token import token
from app.command.verify import verify

app = typer.Typer(
    name="hpts",
    help="A lending ledger behind an HTTP API. Settings come from the environment: HPTS_DATABASE_URL and others, see README.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (serve, migrate, token, demo, reconcile, verify):
    app.command()(clear_errors(command))

contract = typer.Typer(help="Checks of the contract, for anyone's CI.", no_args_is_help=True)
contract.command("check")(clear_errors(contract_check))
contract.command("diff")(clear_errors(contract_diff))
app.add_typer(contract, name="contract")
