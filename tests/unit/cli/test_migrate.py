"""`hpts migrate` brings the database to the schema of this version, as often as it is run."""

from pathlib import Path

from app.dev.child_process import free_port
from tests.unit.cli.conftest import Hpts, error_of


def test_migrate_creates_the_database_and_can_be_run_again(hpts: Hpts, folder: Path) -> None:
    for _ in range(2):
        done = hpts("migrate")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == f"sqlite:///{folder / 'hpts.db'} has the schema of this version.\n"
    assert (folder / "hpts.db").exists()


def test_an_unreachable_database_is_reported_without_its_password(hpts: Hpts) -> None:
    code, line = error_of(hpts("migrate", DATABASE_URL=f"postgresql://hpts:geheim@127.0.0.1:{free_port()}/hpts"))
    assert code == 1
    assert "127.0.0.1" in line
    assert "geheim" not in line
