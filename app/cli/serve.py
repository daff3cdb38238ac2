"""`hpts serve`: checks everything that the service needs, and runs it under gunicorn."""

import asyncio
import logging
import os
import socket
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from app.auth.client_authority import client_authority
from app.auth.jwk import usable_keys
from app.auth.key_source import FileKeySource, KeySetUnreadable
from app.cli.database import with_store
from app.cli.database_errors import shown_address
from app.cli.error_reporting import CommandError
from app.cli.examples import example_text
from app.cli.migrate import run_migration
from app.dev.keys import NoDevelopmentKey, development_key
from app.observability.log_setup import configure_logs
from app.observability.process_output import log_all_output
from app.setting_values import is_loopback, is_url
from app.settings import PREFIX, Settings, SettingsError, load_settings
from app.store.queries.webhook_leases import continue_positions
from app.store.store import Store
from app.webhooks.secret_box import SecretBox
from app.webhooks.stored_secrets import has_wrong_secret

_NO_KEY = f"{PREFIX}SECRET_KEY is not set, and the database has webhook endpoints whose secrets are encrypted: set the key"
_WRONG_KEY = (
    f"{PREFIX}SECRET_KEY is another key than that of the webhook endpoints in the database: set that one, or run "
    "`hpts rotate-secret-key`"
)
_KEY_SET_REMEDY = "Give the file, or an https URL, at which your issuer publishes its keys"
_CERTIFICATE_REMEDY = "Give PEM files that this user may read and that belong together; `hpts dev-certs DIR` makes some to try"
logger: Final = logging.getLogger("hpts.serve")
_console = Console(stderr=True, highlight=False, soft_wrap=True)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="HPTS_HOST")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default="HPTS_PORT")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes.", show_default="HPTS_WORKERS")] = None,
    examples: Annotated[bool, typer.Option("--examples", help="Print a token and three requests to try.")] = False,
) -> None:
    """Serve the API until stopped; in development it first migrates the database and creates a signing key."""
    from app.cli.gunicorn_server import run

    log_output_if_json()
    settings = load_settings(host=host, port=port, workers=workers)
    configure_logs(settings)
    prepare(settings)
    requests = example_text(settings, base_url(settings)) if examples else ""
    if settings.env == "dev" and not is_loopback(settings.host):
        _warn_of_remote(settings)
    say(settings, "Compiling the contract.")
    run(settings, lambda: _announce(settings, requests))


def log_output_if_json() -> None:
    """Before the settings are read, so that what is said of them is in the log too."""
    if os.environ.get(f"{PREFIX}LOG_FORMAT", "").lower() == "json":
        log_all_output()


def prepare(settings: Settings) -> None:
    """Raises CommandError if the service could not work: the port is taken, or the database is missing or not migrated."""
    _check_port(settings.host, settings.port, "with --host", "with --port")
    if settings.metrics_port:
        _check_port(settings.metrics_host, settings.metrics_port, "with HPTS_METRICS_HOST", "with HPTS_METRICS_PORT")
    _check_certificates(settings)
    if settings.env == "prod":
        _check_key_set_file(settings)
    if settings.env == "dev":
        say(settings, f"Bringing the database to this version: {shown_address(settings)}")
        run_migration(settings)
        _make_development_key(settings)
    with_store(settings, partial(check_database, settings=settings), may_bypass_row_security=settings.env == "dev")


def _check_key_set_file(settings: Settings) -> None:
    """A missing file stays missing, so it ends the start; an issuer that cannot be reached may come back, so it does not."""
    if is_url(settings.jwks):
        return
    try:
        text = asyncio.run(FileKeySource(Path(settings.jwks)).read())
        is_empty = not usable_keys(text, admits_development=False)
    except (KeySetUnreadable, ValueError) as reason:
        raise CommandError(f"HPTS_JWKS={settings.jwks} is no usable key set: {reason}. {_KEY_SET_REMEDY}") from reason
    if is_empty:
        raise CommandError(f"HPTS_JWKS={settings.jwks} holds no key that may verify tokens. {_KEY_SET_REMEDY}")


def _check_certificates(settings: Settings) -> None:
    """The files of TLS, as the workers are going to read them."""
    from app.cli.gunicorn_server import open_tls

    for open_files, names in ((client_authority, ("tls_client_ca", "tls_client_crl")), (open_tls, ("tls_cert", "tls_key"))):
        try:
            open_files(settings)
        except (OSError, ValueError) as reason:
            given = " and ".join(f"HPTS_{name.upper()}={value}" for name in names if (value := getattr(settings, name)))
            raise CommandError(f"{given} cannot be used: {reason}. {_CERTIFICATE_REMEDY}") from reason


async def check_database(store: Store, settings: Settings) -> None:
    """Raises StoreUnavailable, or SettingsError for another secret key than that of the webhook endpoints."""
    await store.check_writable()
    await store.write((), continue_positions)
    if await has_wrong_secret(store, SecretBox.of_text(settings.secret_key)):
        raise SettingsError([_WRONG_KEY if settings.secret_key else _NO_KEY])


def _warn_of_remote(settings: Settings) -> None:
    tokens = "it gives tokens to anybody" if settings.gives_tokens else "it gives no tokens; HPTS_DEV_ALLOW_REMOTE=true lets it"
    text = (
        f"WARNING: this development server listens on {settings.host}, which other machines may reach: {tokens}. "
        "HPTS_ENV=prod is for everything but trying out."
    )
    say(settings, text, style="bold red", level=logging.WARNING)


def _make_development_key(settings: Settings) -> None:
    try:
        development_key(settings)
    except NoDevelopmentKey as reason:
        say(settings, f"No development tokens: {reason}.", style="yellow", level=logging.WARNING)


def _check_port(host: str, port: int, host_remedy: str, port_remedy: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            reason = taken.strerror or str(taken)
            other = f"address {host_remedy}" if isinstance(taken, socket.gaierror) else port_remedy
            raise CommandError(f"cannot listen on {host} port {port}: {reason}. Choose another {other}") from taken


def _announce(settings: Settings, requests: str) -> None:
    processes = "1 process" if settings.workers == 1 else f"{settings.workers} processes"
    say(settings, f"HPTS serves {base_url(settings)}/v1 ({settings.env}, {processes})", style="bold")
    say(settings, f"  database    {shown_address(settings)}")
    if not is_url(settings.jwks):
        say(settings, f"  key set     {Path(settings.jwks).absolute()}")
    say(settings, f"  operations  {base_url(settings)}/docs")
    if settings.log_format == "json":
        if requests:
            say(settings, "no examples: they hold a token, which a log must not; `hpts token` prints one", level=logging.WARNING)
        return
    say(settings, "  stop it with Ctrl-C")
    if requests:
        typer.echo(requests)


def say(settings: Settings, text: str, style: str | None = None, level: int = logging.INFO) -> None:
    """To people on standard error, or as a line of a log that is for machines."""
    if settings.log_format == "json":
        logger.log(level, "%s", text.strip())
    else:
        _console.print(text, style=style, markup=False)


def base_url(settings: Settings) -> str:
    """The address at which a browser on this machine reaches the service."""
    local = settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1")
    return f"{'https' if settings.speaks_tls else 'http'}://{'localhost' if local else settings.host}:{settings.port}"
