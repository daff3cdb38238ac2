"""What README and docs/partners.md say of TLS: the commands work as written, and settings and thumbprints are as named there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from app.dev.child_process import free_port, start_process, stop_process, wait_until
from app.settings import PREFIX, Settings
from tests.support.certificates import certificates, thumbprint
from tests.support.readme import blocks
from tests.support.waiting import HANG_SECONDS


class Shell:
    """Runs commands of a page with files, port and database of the test's own."""

    def __init__(self, repository: Path, folder: Path) -> None:
        own = {"DATABASE_URL": f"sqlite:///{folder / 'hpts.db'}", "JWKS": str(folder / "keys" / "jwks.json")}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self.environment = inherited | {f"{PREFIX}{name}": value for name, value in own.items()}
        self.repository = repository
        self.folder = folder
        self.port = free_port()

    def command(self, text: str) -> list[str]:
        text = text.replace("var/certs", str(self.folder / "certs")).replace("3443", str(self.port))
        return ["bash", "-euo", "pipefail", "-c", text]

    def run(self, text: str) -> str:
        done = subprocess.run(
            self.command(text), cwd=self.repository, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def shell(repository: Path, tmp_path: Path) -> Shell:
    return Shell(repository, tmp_path)


def test_the_commands_of_the_readme_serve_a_partner(shell: Shell, repository: Path) -> None:
    of_tls = [block for block in blocks(repository / "README.md", "console") if "var/certs" in block]
    (make, serve), (requests,) = of_tls[0].splitlines(), of_tls[1:]
    shell.run(make)
    environment = shell.environment | {"PWD": str(repository)}
    process = start_process(shell.command(f"cd {repository}; exec env {serve}"), shell.folder / "log", environment)
    try:
        live = f"curl -sSf --cacert var/certs/ca.pem -m {HANG_SECONDS} https://localhost:3443/v1/health/live"
        assert wait_until(lambda: subprocess.run(shell.command(live), capture_output=True, check=False).returncode == 0, process)
        answers = shell.run(requests)
        assert '"status":"ok"' in answers
        assert '"account_code":"1100"' in answers
    finally:
        stop_process(process)


def test_the_command_for_a_thumbprint_prints_it(shell: Shell, repository: Path) -> None:
    certificates().good.write(shell.folder, "client")
    (command,) = (block for block in blocks(repository / "docs" / "partners.md", "console") if "openssl" in block)
    assert shell.run(command.replace("client.pem", str(shell.folder / "client.pem"))).strip() == thumbprint(certificates().good)


def test_the_page_names_settings_that_exist(repository: Path) -> None:
    page = (repository / "docs" / "partners.md").read_text()
    assert set(re.findall(r"HPTS_[A-Z_]+", page)) <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
