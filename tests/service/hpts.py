"""Runs the `hpts` command on the database of a running server."""

import os
import subprocess
import sys
from collections.abc import Mapping

from app.settings import PREFIX
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS


def hpts(server: RunningServer, *arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    settings = server.private.settings
    own = {f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in ("database_url", "jwks")}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=inherited | own | {"COLUMNS": "200"} | dict(variables or {}),
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
