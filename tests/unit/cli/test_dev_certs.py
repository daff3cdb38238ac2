"""`hpts dev-certs` writes five files once, with the partner hosts of the settings among the server's names."""

from pathlib import Path

from cryptography import x509

from tests.unit.cli.conftest import Hpts, error_of


def test_it_writes_what_it_says(hpts: Hpts, tmp_path: Path) -> None:
    done = hpts("dev-certs", str(tmp_path / "certs"), PARTNER_HOSTS="a.example, B.Example.:8443")
    assert done.exit_code == 0
    names = ("ca.pem", "server.pem", "server.key", "client.pem", "client.key")
    assert sorted(path.name for path in (tmp_path / "certs").iterdir()) == sorted(names)
    assert all(name in done.stdout for name in names)
    server = x509.load_pem_x509_certificate((tmp_path / "certs" / "server.pem").read_bytes())
    alternatives = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternatives.get_values_for_type(x509.DNSName) == ["localhost", "a.example", "b.example"]


def test_files_that_exist_are_kept(hpts: Hpts, tmp_path: Path) -> None:
    (tmp_path / "client.key").write_text("mine")
    code, line = error_of(hpts("dev-certs", str(tmp_path)))
    assert code == 1
    assert "has client.key already. Name another folder" in line
    assert (tmp_path / "client.key").read_text() == "mine"
    assert not (tmp_path / "ca.pem").exists()


def test_a_folder_that_cannot_be_made_is_reported(hpts: Hpts, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, line = error_of(hpts("dev-certs", str(tmp_path / "file" / "certs")))
    assert code == 1
    assert "cannot write to" in line
