"""Keys, hosts with ports, networks and addresses of databases are read as they are meant, or refused."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from app.setting_values import check_database_parts, host_and_port, networks_of, secret_key_of

KEY = bytes(range(200, 232))


def test_the_bytes_of_a_key_are_read() -> None:
    assert secret_key_of(b64encode(KEY).decode()) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        KEY.hex(),
        b64encode(KEY[:31]).decode(),
        b64encode(KEY + b"x").decode(),
        urlsafe_b64encode(b"\xfb" * 32).decode(),
        b64encode(KEY).decode() + "\n",
        "ä" * 44,
    ],
)
def test_anything_else_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="base64 of 32 bytes") as refused:
        secret_key_of(text)
    assert not text or text not in str(refused.value)


def test_a_host_with_its_port_has_one_spelling() -> None:
    for text, expected in (("Hooks.Example:8443", "hooks.example:8443"), ("[::1]:80", "[::1]:80"), ("a.:1", "a:1")):
        assert host_and_port(text) == expected
    for text in ("hooks.example", ":80", "user@host:80", "host:80/path", "host:x"):
        with pytest.raises(ValueError):
            host_and_port(text)


def test_networks_have_no_bits_of_an_address() -> None:
    assert [str(each) for each in networks_of("10.0.0.0/8, ::1")] == ["10.0.0.0/8", "::1/128"]
    assert networks_of("") == []
    with pytest.raises(ValueError, match="host bits set"):
        networks_of("10.0.0.1/8")


def test_the_parts_of_a_database_s_address_are_there() -> None:
    check_database_parts("postgresql://host:5432/name")
    for url, told in (("postgresql://host:99999/name", "port"), ("postgresql://host:5432/", "no database")):
        with pytest.raises(ValueError, match=told):
            check_database_parts(url)
