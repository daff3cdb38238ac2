"""The `hpts` command on a running server's database."""

import subprocess
import sys

from app.settings import environment_of
from tests.support.server import RunningServer


def hpts(server: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=environment_of(server.private.settings) | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
