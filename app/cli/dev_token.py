"""`hpts token`: prints an access token for development, and nothing else, so that `$(hpts token)` works."""

from typing import Annotated, Final
from uuid import UUID

import typer

from app.cli.error_reporting import CommandError
from app.dev.keys import NoDevelopmentKey
from app.dev.tokens import DEMO_CLIENT, DEMO_TENANT, EXPIRES_IN_SECONDS, SCOPES, mint
from app.settings import load_settings

DEFAULT_TENANT: Final = UUID(DEMO_TENANT)


def token(
    tenant: Annotated[UUID, typer.Option(help="Tenant the token acts for.")] = DEFAULT_TENANT,
    scope: Annotated[list[str] | None, typer.Option(help="Scope to grant, repeatable.", show_default="all")] = None,
    subject: Annotated[str, typer.Option(help="The actor that journal entries will name.")] = DEMO_CLIENT,
    expires_in: Annotated[int, typer.Option(help="Seconds until it expires.", min=1)] = EXPIRES_IN_SECONDS,
) -> None:
    """Print an access token signed with the local development key."""
    try:
        access_token = mint(load_settings(), str(tenant), tuple(scope or SCOPES), subject, expires_in)
    except NoDevelopmentKey as refused:
        raise CommandError(str(refused)) from refused
    typer.echo(access_token)
