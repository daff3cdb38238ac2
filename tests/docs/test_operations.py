"""Every command of docs/operations.md is run as it is written, in one shell, on both engines; ports and folders are others."""

import configparser
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from app.dev.child_process import free_port
from app.dev.keys import development_key
from app.settings import PREFIX, load_settings
from tests.support import pgbouncer
from tests.support.backups import path_with_client_programs
from tests.support.databases import ENGINES, Databases
from tests.support.issuer import publish_as_issuer
from tests.support.postgres import find_binaries, postgres_server
from tests.support.waiting import HANG_SECONDS

PAGE: Final = "docs/operations.md"
BLOCK: Final = re.compile(r"^( *)```sh(?: (\w+))?\n(.*?)^\1```$|^## ([^\n]+)$", re.MULTILINE | re.DOTALL)
TENANT: Final = "0198c0de-0000-7000-8000-0000000000cc"
POST: Final = (
    f'"{sys.executable}" -c "import asyncio; from tests.support.backups import post_eventful_loan; '
    f"asyncio.run(post_eventful_loan('$HPTS_DATABASE_URL', '{TENANT}'))\"\n"
)
"""What the page leaves to the senders of postings: the ledger gets a tenant once it is installed."""


def script(page: str, engine_name: str) -> str:
    """The commands of the page for one engine, in their order."""
    parts, section = [], ""
    for indent, engine, commands, heading in BLOCK.findall(page):
        if heading:
            parts += [POST] if section == "Install" else []
            section = heading
        elif engine in ("", engine_name):
            parts.append(textwrap.dedent(commands) if indent else commands)
    return "".join(parts)


@pytest.fixture
def server_address(engine_name: str) -> Iterator[str]:
    """A server of the test's own, since the page makes roles; none for SQLite."""
    if engine_name == "sqlite":
        yield ""
        return
    with postgres_server(fsync=False, binaries=find_binaries()) as url:
        yield urlsplit(url).netloc


def in_folder(commands: str, folder: Path, port: int, server_address: str) -> str:
    places = {"/var/lib/hpts": "lib", "/var/backups/hpts": "backups", "/etc/hpts": "etc"}
    for place, name in places.items():
        commands = commands.replace(place, str(folder / name))
    login, _, address = server_address.partition("@")
    commands = commands.replace("postgres@localhost:5432", f"{login}@{address}").replace("localhost:5432", address)
    return commands.replace("localhost:3000", f"127.0.0.1:{port}")


@pytest.mark.parametrize("engine_name", ENGINES)
def test_every_command_of_the_page_succeeds(engine_name: str, server_address: str, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    settings = load_settings(jwks=str(tmp_path / "dev" / "jwks.json"))
    development_key(settings)
    publish_as_issuer(Path(settings.jwks), tmp_path / "etc" / "jwks.json")
    port, inherited = free_port(), {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = inherited | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{path_with_client_programs()}",
        "PYTHONPATH": str(repository),
        f"{PREFIX}PORT": str(port),
    }
    commands = in_folder(script((repository / PAGE).read_text(), engine_name), tmp_path, port, server_address)
    with subprocess.Popen(
        ["bash", "-euxo", "pipefail", "-c", commands],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            output, _ = shell.communicate(timeout=HANG_SECONDS)
        finally:
            stop_what_is_left(shell.pid)
    assert shell.returncode == 0, output
    assert output.count(" is backed up in ") == 3
    assert output.count(" is restored into ") == 2
    assert TENANT in output


def stop_what_is_left(session: int) -> None:
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_each_section_of_the_contract_is_there_with_its_commands(repository: Path) -> None:
    page = (repository / PAGE).read_text()
    sections = re.findall(r"^## (.+)$", page, re.MULTILINE)
    wanted = [
        "Install",
        "Upgrade",
        "Rollback",
        "Backup",
        "Restore",
        "Tenants",
        "Keys",
        "Retention",
        "Drift found",
        "PgBouncer",
        "Sizing",
    ]
    assert [section.partition(":")[0] for section in sections] == wanted
    assert re.findall(r"^ *```(\w+)", page, re.MULTILINE).count("sh") == len(re.findall(r"^ *```\w", page, re.MULTILINE)) - 1


@pytest.mark.skipif(pgbouncer.PROGRAM is None, reason=pgbouncer.WHY_NOT)
def test_the_pooler_as_the_page_sets_it_up_serves(repository: Path, databases: Databases) -> None:
    (block,) = re.findall(r"^```ini\n(.*?)^```$", (repository / PAGE).read_text(), re.MULTILINE | re.DOTALL)
    pooler = configparser.ConfigParser()
    pooler.read_string(block)
    shown = pooler["pgbouncer"]
    with (
        databases.fresh("postgresql") as url,
        pgbouncer.pgbouncer(url, shown["pool_mode"], int(shown["default_pool_size"])) as pooled,
    ):
        done = subprocess.run(
            [sys.executable, "-m", "app", "verify"],
            env={**os.environ, f"{PREFIX}DATABASE_URL": pooled},
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
