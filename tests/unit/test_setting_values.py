"""Keys, hosts with ports, networks and addresses of databases are read as they are meant, or refused."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from app.setting_values import check_database_url, host_and_port, networks_of, secret_key_of
from app.settings import SettingsError, load_settings

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
    check_database_url("postgresql://host:5432/name")
    for url, told in (("postgresql://host:99999/name", "port"), ("postgresql://host:5432/", "no database")):
        with pytest.raises(ValueError, match=told):
            check_database_url(url)


@pytest.mark.parametrize(
    ("given", "allowance"), [("off", None), ("1:1", (1, 1)), ("1000000:1000000", (1_000_000, 1_000_000)), ("50:200", (50, 200))]
)
def test_a_rate_limit_is_a_rate_and_a_burst(given: str, allowance: tuple[int, int] | None) -> None:
    assert load_settings(rate_limit=given).allowance == allowance


@pytest.mark.parametrize(
    "given", ["0:1", "1:0", "1", "1:", ":1", "1:2:3", "-1:1", "1.5:2", "1000001:1", "1 : 2", "01:1", "on", "1:1\n"]
)
def test_a_rate_limit_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="HPTS_RATE_LIMIT="):
        load_settings(rate_limit=given)


def test_metrics_have_a_port_of_their_own() -> None:
    with pytest.raises(SettingsError, match="HPTS_METRICS_PORT=4000: the API is served there"):
        load_settings(port=4000, metrics_port=4000)
    assert load_settings(port=4000, metrics_port=0).metrics_port == 0


def test_a_log_format_is_read_in_any_case() -> None:
    assert load_settings(log_format="JSON").log_format == "json"
