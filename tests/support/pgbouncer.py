"""PgBouncer in front of a PostgreSQL server, where the machine has it, in the pool mode that a test asks for."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from app.dev.child_process import free_port, stop_process
from tests.support.waiting import wait_until

PROGRAM: Final = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WHY_NOT: Final = "there is no pgbouncer on this machine"
_SETTINGS: Final = """[databases]
* = host={host} port={port} {login}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
auth_file =
pool_mode = {pool_mode}
default_pool_size = {pool_size}
{more}
"""


@contextmanager
def pgbouncer(database_url: str, pool_mode: str, pool_size: int = 20, *more: str) -> Iterator[str]:
    """The URL of the same database through PgBouncer, which connects to it as the login of `database_url` for everybody."""
    assert PROGRAM is not None, WHY_NOT
    target, listen_port = urlsplit(database_url), free_port()
    url = target._replace(netloc=f"{target.username}@127.0.0.1:{listen_port}").geturl()
    with tempfile.TemporaryDirectory(prefix="hpts-pgbouncer-") as name:
        folder = Path(name)
        settings = folder / "pgbouncer.ini"
        found = {"host": target.hostname, "port": target.port, "listen_port": listen_port}
        login = f"user={target.username}" + (f" password={target.password}" if target.password else "")
        settings.write_text(
            _SETTINGS.format(**found, login=login, pool_mode=pool_mode, pool_size=pool_size, more="\n".join(more))
        )
        folder.chmod(0o755)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([PROGRAM, str(settings)], stdout=log, stderr=log, user=_user(), start_new_session=True)
        try:
            wait_until(lambda: _answers(url))
            yield url
        finally:
            stop_process(process, 5)


def _user() -> str | None:
    """PgBouncer refuses to run as root."""
    if os.getuid() != 0:
        return None
    return next(entry.pw_name for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody"))


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5, prepare_threshold=None):
            return True
    except psycopg.OperationalError:
        return False
