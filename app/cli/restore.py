"""`hpts restore FILE`: puts a backup into an empty database, and verifies what is in it then."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.backup import reporting
from app.cli.console_output import console
from app.cli.database_errors import shown_address
from app.cli.verify import verify
from app.settings import load_settings
from app.store.backup import restore_backup


def restore(file: Annotated[Path, typer.Argument(help="A file that `hpts backup` wrote.", show_default=False)]) -> None:
    """Restore a backup into a database that holds no entries, then verify it; exit code 1 if either fails."""
    settings = load_settings()
    with reporting(settings) as report:
        disabled = restore_backup(file, settings.database_url, report)
    out = console()
    out.print(f"{file} is restored into {shown_address(settings)}.", markup=False, soft_wrap=True)
    if disabled:
        out.print(_what_was_disabled(disabled), markup=False, soft_wrap=True)
    verify(tenant=None)


def _what_was_disabled(disabled: int) -> str:
    what = "1 webhook endpoint is" if disabled == 1 else f"{disabled} webhook endpoints are"
    return (
        f"{what} disabled, so that no receiver hears the same twice from two ledgers. POST /v1/webhook-endpoints/{{id}}/enable "
        "enables one; it goes on where it stood when the backup was made."
    )
