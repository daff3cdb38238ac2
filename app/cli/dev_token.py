"""`hpts token`: prints an access token for development, and nothing else, so that `$(hpts token)` works.

It makes no key, since a server that runs already would not know it: where there is none, the server is asked for the token.
"""

from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer

from app.auth.client_certificate import CertificateUnreadable, read_pem_certificate
from app.cli.error_reporting import CommandError
from app.cli.serve import base_url
from app.dev.keys import NoDevelopmentKey
from app.dev.tokens import DEMO_CLIENT, DEMO_SECRET, DEMO_TENANT, EXPIRES_IN_SECONDS, SCOPES, mint
from app.pages.token_endpoint import TOKEN_PATH
from app.settings import Settings, load_settings

SERVER_SECONDS: Final = 5
REMEDY: Final = (
    "Start a server here with `hpts serve`, which makes one; or set HPTS_JWKS to the key set that your server printed when it "
    "started, or HPTS_PORT to its port"
)
DEFAULT_TENANT: Final = UUID(DEMO_TENANT)


def token(
    tenant: Annotated[UUID, typer.Option(help="Tenant the token acts for.")] = DEFAULT_TENANT,
    scope: Annotated[list[str] | None, typer.Option(help="Scope to grant, repeatable.", show_default="all")] = None,
    subject: Annotated[str, typer.Option(help="The actor that journal entries will name.")] = DEMO_CLIENT,
    expires_in: Annotated[int, typer.Option(help="Seconds until it expires.", min=1)] = EXPIRES_IN_SECONDS,
    cert: Annotated[Path | None, typer.Option(help="Bind it to this client certificate, a PEM file.")] = None,
) -> None:
    """Print an access token signed with the local development key, or given by the development server that runs."""
    settings, scopes, thumbprint = load_settings(), tuple(scope or SCOPES), _thumbprint(cert)
    try:
        access_token = mint(settings, str(tenant), scopes, subject, expires_in, creates_key=False, thumbprint=thumbprint)
    except NoDevelopmentKey as missing:
        is_default = (subject, expires_in, thumbprint) == (DEMO_CLIENT, EXPIRES_IN_SECONDS, None)
        given = _ask_server(settings, str(tenant), scopes) if settings.env == "dev" and is_default else None
        if given is None:
            raise CommandError(f"{missing}. {REMEDY}" if settings.env == "dev" else str(missing)) from missing
        access_token = given
    typer.echo(access_token)


def _thumbprint(cert: Path | None) -> str | None:
    try:
        return None if cert is None else read_pem_certificate(cert.read_bytes()).thumbprint
    except CertificateUnreadable as unreadable:
        raise CommandError(
            f"{cert} is no certificate in PEM: {unreadable}. `hpts dev-certs DIR` writes client.pem"
        ) from unreadable


def _ask_server(settings: Settings, tenant_id: str, scopes: tuple[str, ...]) -> str | None:
    """The token of the development server at the address of the settings; None where none answers with one."""
    form = {"grant_type": "client_credentials", "tenant_id": tenant_id, "scope": " ".join(scopes)}
    try:
        answer = httpx.post(
            f"{base_url(settings)}{TOKEN_PATH}", data=form, auth=(DEMO_CLIENT, DEMO_SECRET), timeout=SERVER_SECONDS
        )
        return str(answer.raise_for_status().json()["access_token"])
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return None
