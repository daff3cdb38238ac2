"""`hpts dev-certs`: an authority and the certificates of a server and a client, for trying out TLS on this machine."""

from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.error_reporting import CommandError
from app.dev.certificates import write_development_certificates
from app.edge.host_name import host_name
from app.settings import load_settings

FILES: Final = ("ca.pem", "server.pem", "server.key", "client.pem", "client.key")


def dev_certs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder for the files; it is made if need be.")],
) -> None:
    """Write ca.pem, server.pem, server.key, client.pem and client.key to try TLS on this machine, partner hosts included."""
    if taken := [name for name in FILES if (folder / name).exists()]:
        raise CommandError(f"{folder} has {', '.join(taken)} already. Name another folder, or remove the files")
    hosts = [host_name(each.encode()).decode().strip("[]") for each in load_settings().partner_host_names]
    try:
        write_development_certificates(folder, hosts)
    except OSError as error:
        raise CommandError(f"cannot write to {folder}: {error.strerror}. Name another folder") from error
    typer.echo(f"{folder} has {', '.join(FILES)}")
