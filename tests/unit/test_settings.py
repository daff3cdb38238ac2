"""Settings come from the environment, and a wrong one says what it takes."""

import os

import pytest

from app.setting_values import is_url
from app.settings import DEV_AUDIENCE, DEV_ISSUER, DEV_JWKS, PREFIX, Settings, SettingsError, load_settings

PROD = {"HPTS_ENV": "prod", "HPTS_ISSUER": "https://issuer.example", "HPTS_AUDIENCE": "hpts", "HPTS_JWKS": "/keys/jwks.json"}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def _set(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_an_empty_environment_is_a_working_development_setup() -> None:
    settings = load_settings()
    assert (settings.env, settings.host, settings.port, settings.workers) == ("dev", "127.0.0.1", 3000, 1)
    assert (settings.issuer, settings.audience, settings.jwks) == (DEV_ISSUER, DEV_AUDIENCE, DEV_JWKS)
    assert settings.response_validation == "full"


def test_production_checks_a_sample_of_responses_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PROD)
    assert load_settings().response_validation == "sample:1000"


@pytest.mark.parametrize("missing", ["HPTS_ISSUER", "HPTS_AUDIENCE", "HPTS_JWKS"])
def test_production_names_the_security_setting_that_is_missing(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    _set(monkeypatch, PROD)
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsError, match=missing) as refused:
        load_settings()
    others = {"HPTS_ISSUER", "HPTS_AUDIENCE", "HPTS_JWKS"} - {missing}
    assert not any(other in str(refused.value) for other in others)


def test_production_takes_an_empty_value_for_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PROD | {"HPTS_ISSUER": ""})
    with pytest.raises(SettingsError, match="HPTS_ISSUER"):
        load_settings()


@pytest.mark.parametrize("url", ["http://issuer.example/jwks.json", "HTTP://issuer.example/jwks.json"])
def test_production_refuses_a_key_set_fetched_without_tls(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    _set(monkeypatch, PROD | {"HPTS_JWKS": url})
    with pytest.raises(SettingsError, match="without TLS"):
        load_settings()


@pytest.mark.parametrize("issuer", [DEV_ISSUER, f"{DEV_ISSUER}/", DEV_ISSUER.upper()])
def test_production_refuses_the_development_issuer(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    _set(monkeypatch, PROD | {"HPTS_ISSUER": issuer})
    with pytest.raises(SettingsError, match="development issuer"):
        load_settings()


@pytest.mark.parametrize(
    ("types", "accepted"),
    [
        ("at+jwt", {"at+jwt"}),
        ("at+jwt,JWT", {"at+jwt", "jwt"}),
        ("application/at+jwt , none", {"at+jwt", None}),
    ],
)
def test_token_types_are_in_lower_case_and_without_their_prefix(types: str, accepted: set[str | None]) -> None:
    assert load_settings(token_types=types).accepted_token_types == accepted


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_a_development_server_on_loopback_gives_tokens(host: str) -> None:
    assert load_settings(host=host).gives_tokens


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "192.168.1.2", "fe80::1", "ledger.example", "localhost.example"])
def test_a_development_server_on_another_address_gives_tokens_only_when_it_is_asked_for(host: str) -> None:
    assert not load_settings(host=host).gives_tokens
    assert load_settings(host=host, dev_allow_remote=True).gives_tokens


def test_production_gives_no_tokens_whatever_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PROD | {"HPTS_DEV_ALLOW_REMOTE": "true"})
    assert not load_settings().gives_tokens


@pytest.mark.parametrize(("location", "at_a_url"), [("https://x", True), ("HTTP://x", True), ("/keys/jwks.json", False)])
def test_a_key_set_is_at_a_url_or_in_a_file(location: str, at_a_url: bool) -> None:
    assert is_url(location) is at_a_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HPTS_PORT", "0"),
        ("HPTS_PORT", "65536"),
        ("HPTS_PORT", "http"),
        ("HPTS_PORT", "tcp://10.0.0.1:3000"),
        ("HPTS_WORKERS", "0"),
        ("HPTS_ENV", "production"),
        ("HPTS_LOG_LEVEL", "loud"),
        ("HPTS_RESPONSE_VALIDATION", "sample:0"),
        ("HPTS_RESPONSE_VALIDATION", "off"),
        ("HPTS_RECONCILE_INTERVAL_SECONDS", "0"),
        ("HPTS_IDEMPOTENCY_RETENTION_DAYS", "0"),
        ("HPTS_ONE_TENANT_BATCHES", "perhaps"),
        ("HPTS_TOKEN_TYPES", "at+jwt,"),
        ("HPTS_TOKEN_TYPES", "at+jwt; JWT"),
        ("HPTS_TOKEN_MAX_LIFETIME_SECONDS", "0"),
        ("HPTS_JWKS_MAX_AGE_SECONDS", "0"),
        ("HPTS_JWKS_MAX_AGE_SECONDS", "86401"),
        ("HPTS_DEV_ALLOW_REMOTE", "perhaps"),
    ],
)
def test_a_wrong_value_is_one_line_with_name_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    (line,) = refused.value.problems
    field = Settings.model_fields[name.removeprefix(PREFIX).lower()]
    assert line.startswith(f"{name}={value}: ")
    assert line.endswith(f"Allowed: {field.description}")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:geheim@host/db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgresql://user:geheim@host",
        "postgresql://user:geheim@host:port/db",
        "postgresql://user:geheim@host:0/db",
        "postgresql://user:geheim@host:65536/db",
        "postgresql://user:geh/eim@host:5432/db",
        "postgres://user:geheim@host/db",
        "postgresql+asyncpg://user:geheim@host/db",
        "sqlite://var/geheim.db",
        "geheim",
    ],
)
def test_a_wrong_database_url_is_not_printed_as_it_may_hold_a_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HPTS_DATABASE_URL", url)
    with pytest.raises(SettingsError, match="HPTS_DATABASE_URL") as refused:
        load_settings()
    assert "geh" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgres://user@host/db", "the scheme is written `postgresql://` here"),
        ("postgresql://user@host:x/db", "the port is no number from 1 to 65535"),
        ("postgresql://user@host:5432/", "it names no database"),
        ("sqlite://var/hpts.db", "a file has three slashes and a relative path"),
        ("mysql://user@host/db", "is neither a SQLite file nor a PostgreSQL database"),
    ],
)
def test_what_is_wrong_with_a_database_url_is_said(monkeypatch: pytest.MonkeyPatch, url: str, what: str) -> None:
    monkeypatch.setenv("HPTS_DATABASE_URL", url)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert what in str(refused.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("HPTS_PROT", "HPTS_PORT"),
        ("HPTS_DATABASEURL", "HPTS_DATABASE_URL"),
        ("HPTS_LOGLEVEL", "HPTS_LOG_LEVEL"),
        ("HPTS_RETENTION_DAYS", "HPTS_IDEMPOTENCY_RETENTION_DAYS"),
        ("hpts_prot", "HPTS_PORT"),
        ("HPTS_", "HPTS_"),
    ],
)
def test_a_name_that_nothing_reads_is_refused_with_the_nearest_that_is_read(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{name}: there is no such setting. Did you mean {meant}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HPTS_GIT_SHA", "5f2c1e9"),
        ("HPTS_TOKEN", "ey"),
        ("HPTS_TEST_DATABASE_URL", "postgresql://localhost/x"),
        ("HPTS_BENCH_JWKS", "jwks.json"),
        ("HPTS_SERVICE_HOST", "10.0.0.1"),
        ("HPTS_API_SERVICE_PORT_HTTP", "3000"),
        ("HPTS_API_PORT", "tcp://10.0.0.1:3000"),
        ("HPTS_PORT_3000_TCP_ADDR", "10.0.0.1"),
        ("HPTSX", "1"),
        ("hpts_workers", "1"),
    ],
)
def test_what_others_read_or_set_is_left_alone(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The image, `hpts contract check`, tests and benchmarks, and Kubernetes for a service whose name begins with hpts."""
    monkeypatch.setenv(name, value)
    load_settings()


def test_several_wrong_values_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, {"HPTS_PORT": "x", "HPTS_LOG_LEVEL": "y"})
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [line.partition("=")[0] for line in refused.value.problems] == ["HPTS_PORT", "HPTS_LOG_LEVEL"]


def test_sqlite_takes_one_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPTS_WORKERS", "2")
    with pytest.raises(SettingsError, match="HPTS_WORKERS=2: SQLite has one writing process"):
        load_settings()
    monkeypatch.setenv("HPTS_DATABASE_URL", "postgresql://hpts@db.example/hpts")
    assert load_settings().workers == 2


def test_an_option_of_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPTS_PORT", "4000")
    assert load_settings(port=None).port == 4000
    assert load_settings(port=5000).port == 5000


def test_the_log_level_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPTS_LOG_LEVEL", "WARNING")
    assert load_settings().log_level == "warning"


def test_partner_hosts_are_a_list() -> None:
    assert load_settings().partner_host_names == ["partner.hpts.example.com"]
    assert load_settings(partner_hosts="a.example , [::1]:80,B.").partner_host_names == ["a.example", "[::1]:80", "B."]


@pytest.mark.parametrize("value", ["https://a.example", "a.example,", "a b", "a/b", "*.example", ",", "a..b", "ü.example"])
def test_what_is_no_host_is_no_partner_host(value: str) -> None:
    with pytest.raises(SettingsError, match="HPTS_PARTNER_HOSTS"):
        load_settings(partner_hosts=value)


def test_trusted_proxies_are_networks() -> None:
    assert load_settings().trusted_networks == []
    assert list(map(str, load_settings(trusted_proxies="10.0.0.0/8, ::1,192.0.2.1").trusted_networks)) == [
        "10.0.0.0/8",
        "::1/128",
        "192.0.2.1/32",
    ]


@pytest.mark.parametrize("value", ["10.0.0.1/8", "proxy.example", "10.0.0.0/33", "10.0.0.0/8,", "*"])
def test_what_is_no_network_is_no_trusted_proxy(value: str) -> None:
    with pytest.raises(SettingsError, match="HPTS_TRUSTED_PROXIES"):
        load_settings(trusted_proxies=value)


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"tls_cert": "a"}, "HPTS_TLS_KEY"), ({"tls_key": "a"}, "HPTS_TLS_CERT"), ({"tls_client_crl": "a"}, "HPTS_TLS_CLIENT_CA")],
)
def test_settings_of_tls_that_need_each_other_are_asked_for_together(given: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        load_settings(**given)
    assert load_settings(tls_client_ca="a", tls_client_crl="b").speaks_tls is False


def test_private_receivers_of_webhooks_are_hosts_with_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().allowed_private_hosts == frozenset()
    monkeypatch.setenv("HPTS_WEBHOOK_PRIVATE_HOSTS", "127.0.0.1:8080, LocalHost.:9000,[::1]:443")
    assert load_settings().allowed_private_hosts == {"127.0.0.1:8080", "localhost:9000", "[::1]:443"}


@pytest.mark.parametrize(
    "wrong", ["receiver", "receiver:", "receiver:http", "user@receiver:80", "https://receiver:80", "a:70000"]
)
def test_a_private_receiver_that_is_no_host_with_a_port_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("HPTS_WEBHOOK_PRIVATE_HOSTS", wrong)
    with pytest.raises(SettingsError, match="HPTS_WEBHOOK_PRIVATE_HOSTS"):
        load_settings()
