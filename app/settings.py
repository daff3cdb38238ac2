"""Settings: from the environment, prefix HPTS_, each with a default that works in development.

In production nothing that weakens security has a default: issuer, audience and key set must be given. `load_settings` turns every
wrong value into one line that names the variable, what is wrong and what is allowed.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import limits
from app.setting_values import check_database_url, host_and_port, is_loopback, networks_of, secret_key_of

PREFIX: Final = "HPTS_"
DEV_KEYS: Final = Path("var/dev-keys")
DEV_ISSUER: Final = "https://localhost/hpts-dev"
DEV_AUDIENCE: Final = "hpts"
DEV_KEY_MARK: Final = "hpts_development"
"""The member of a JWK that marks a key of the development issuer, wherever it is copied."""
DEV_JWKS: Final = str(DEV_KEYS / "jwks.json")
OTHER_VARIABLES: Final = (f"{PREFIX}GIT_SHA", f"{PREFIX}TOKEN", f"{PREFIX}FUZZ_PLAN")
"""Variables that are no settings: of the image, of `hpts contract check`, and of the fuzzing that it starts."""
FOREIGN_PREFIXES: Final = (f"{PREFIX}TEST_", f"{PREFIX}BENCH_")
"""What the tests and the benchmarks read."""
HOST_PATTERN: Final = r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
"""A host as the Host header of a request names it, perhaps with a port, which is not compared."""
SERVICE_LINK: Final = re.compile(r"_SERVICE_(HOST|PORT)|_PORT_[0-9]+_(TCP|UDP)")
"""Variables that Kubernetes sets for every service of a namespace, also for one whose name begins with hpts."""
DEV_SECRET_KEY: Final = "aHB0cyBkZXZlbG9wbWVudCBzZWNyZXQga2V5IDAwMDE="
"""What encrypts in development when nothing else is set; everybody knows it."""
_TO_A_MILLION: Final = "(1000000|[1-9][0-9]{0,5})"
SECRET_FIELDS: Final = frozenset({"database_url", "secret_key", "secret_key_previous"})
"""Settings whose value is never printed."""


class SettingsError(Exception):
    """The environment cannot be used; `problems` holds one readable line for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _by_env(dev: str, prod: str) -> Callable[[dict[str, Any]], str]:
    return lambda known: dev if known.get("env") == "dev" else prod


class Settings(BaseSettings):
    """What one deployment decides; the description of a field says what it takes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    env: Annotated[Literal["dev", "prod"], Field(description="`dev` or `prod`")] = "dev"
    database_url: Annotated[str, Field(description="`sqlite:///path` or `postgresql://user:password@host:port/name`")] = (
        "sqlite:///var/hpts.db"
    )
    host: Annotated[str, Field(min_length=1, description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="port to listen on, 1 to 65535")] = 3000
    tls_cert: Annotated[str, Field(description="a PEM file: the server's certificate and those between it and its authority")] = (
        ""
    )
    tls_key: Annotated[str, Field(description="a PEM file: the private key of that certificate")] = ""
    tls_client_ca: Annotated[str, Field(description="a PEM file: the authorities whose client certificates are accepted")] = ""
    tls_client_crl: Annotated[str, Field(description="a PEM file: what each of these authorities has revoked")] = ""
    partner_hosts: Annotated[
        str,
        Field(
            pattern=rf"^{HOST_PATTERN}( *, *{HOST_PATTERN})*$",
            description="hosts that take requests with a client certificate only, with commas between",
        ),
    ] = "partner.hpts.example.com"
    trusted_proxies: Annotated[
        str, Field(description="networks of proxies that say who the client is, such as `10.0.0.0/8`, with commas between")
    ] = ""
    workers: Annotated[int, Field(ge=1, le=64, description="processes, 1 to 64; SQLite takes one")] = 1
    max_connections: Annotated[
        int, Field(ge=16, le=100_000, description="connections of one process, 16 to 100000; of more, idle ones are closed first")
    ] = limits.CONNECTIONS
    jwks: Annotated[
        str,
        Field(default_factory=_by_env(DEV_JWKS, ""), description="the issuer's key set: a file or an https URL"),
    ]
    issuer: Annotated[
        str,
        Field(default_factory=_by_env(DEV_ISSUER, ""), description="the `iss` that tokens must carry"),
    ]
    audience: Annotated[
        str,
        Field(default_factory=_by_env(DEV_AUDIENCE, ""), description="the `aud` that tokens must carry"),
    ]
    jwks_max_age_seconds: Annotated[
        int,
        Field(
            ge=1, le=86_400, description="seconds after which a key set that cannot be read again is not relied on, 1 to 86400"
        ),
    ] = limits.KEY_SET_AGE_SECONDS
    token_types: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9.+/-]+( *, *[A-Za-z0-9.+/-]+)*$",
            description="the `typ` of tokens to accept, with commas between; `none` for tokens without one",
        ),
    ] = "at+jwt"
    token_max_lifetime_seconds: Annotated[
        int, Field(ge=1, description="the longest time from `iat` to `exp` that a token may have, in seconds, at least 1")
    ] = limits.TOKEN_LIFETIME_SECONDS
    response_validation: Annotated[
        str,
        Field(
            default_factory=_by_env("full", "sample:1000"),
            pattern="^(full|compiled|sample:[1-9][0-9]{0,8})$",
            description="`full`, `sample:N` (one response in N) or `compiled`",
        ),
    ]
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="`debug`, `info`, `warning` or `error`")
    ] = "info"
    log_format: Annotated[
        Literal["text", "json"], Field(description="`text` for people, or `json`: every line of the process is one JSON object")
    ] = "text"
    rate_limit: Annotated[
        str,
        Field(
            pattern=f"^(off|{_TO_A_MILLION}:{_TO_A_MILLION})$",
            description="`RATE:BURST`: requests of a tenant in a second, and at once, each 1 to 1000000; or `off`",
        ),
    ] = "off"
    metrics_host: Annotated[str, Field(min_length=1, description="address at which metrics are read")] = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65535, description="port at which metrics are read, 1 to 65535; 0 for none")] = 0
    reconcile_interval_seconds: Annotated[int, Field(ge=1, description="seconds between reconciliation runs, at least 1")] = 3600
    idempotency_retention_days: Annotated[int, Field(ge=1, description="days an idempotency key is kept, at least 1")] = 30
    one_tenant_batches: Annotated[
        bool, Field(description="`true` keeps a commit to one tenant, for databases sharded by tenant")
    ] = False
    delivery: Annotated[
        Literal["inline", "off"],
        Field(description="`inline` delivers webhooks beside the server, `off` leaves that to `hpts deliver`"),
    ] = "inline"
    webhook_private_hosts: Annotated[
        str, Field(description="`host:port`, with commas between: private receivers of webhooks that are allowed, also by http")
    ] = ""
    secret_key: Annotated[
        str,
        Field(
            default_factory=_by_env(DEV_SECRET_KEY, ""),
            description="base64 of 32 bytes, under which secrets of webhooks are encrypted: `openssl rand -base64 32`",
        ),
    ]
    secret_key_previous: Annotated[
        str, Field(description="base64 of 32 bytes: the key before it, for `hpts rotate-secret-key`")
    ] = ""

    dev_allow_remote: Annotated[
        bool, Field(description="`true` lets a development server on an address that is not loopback give tokens to anybody")
    ] = False

    @property
    def accepted_token_types(self) -> frozenset[str | None]:
        """In lower case and without `application/`; None for tokens without a `typ`."""
        named = (each.strip().lower().removeprefix("application/") for each in self.token_types.split(","))
        return frozenset(None if each == "none" else each for each in named)

    @property
    def allowed_private_hosts(self) -> frozenset[str]:
        """`host:port` in lower case, IPv6 in brackets."""
        return frozenset(host_and_port(each.strip()) for each in self.webhook_private_hosts.split(",") if each.strip())

    @property
    def speaks_tls(self) -> bool:
        return bool(self.tls_cert)

    @property
    def partner_host_names(self) -> list[str]:
        return [each.strip() for each in self.partner_hosts.split(",")]

    @property
    def trusted_networks(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        return networks_of(self.trusted_proxies)

    @property
    def gives_tokens(self) -> bool:
        """Whether the token endpoint is served: in development, to this machine only unless that is asked for."""
        return self.env == "dev" and (self.dev_allow_remote or is_loopback(self.host))

    @property
    def allowance(self) -> tuple[int, int] | None:
        """Requests of one tenant in a second and at once, when they are limited."""
        rate, _, burst = self.rate_limit.partition(":")
        return (int(rate), int(burst)) if burst else None

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _in_lower_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("webhook_private_hosts")
    @classmethod
    def _names_hosts_with_ports(cls, value: str) -> str:
        for each in filter(None, (each.strip() for each in value.split(","))):
            host_and_port(each)
        return value

    @field_validator("secret_key", "secret_key_previous")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        if value:
            secret_key_of(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _names_a_known_engine(cls, value: str) -> str:
        check_database_url(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _is_networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.env == "prod":
            _check_prod(self)
        if self.metrics_port == self.port:
            raise ValueError(f"{PREFIX}METRICS_PORT={self.metrics_port}: the API is served there. Allowed: another port, or 0")
        if self.on_sqlite and self.workers > 1:
            raise ValueError(f"{PREFIX}WORKERS={self.workers}: SQLite has one writing process. Allowed: 1, or PostgreSQL")
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError(f"{PREFIX}TLS_CERT and {PREFIX}TLS_KEY belong together. Set both, or neither")
        if self.tls_client_crl and not self.tls_client_ca:
            raise ValueError(f"{PREFIX}TLS_CLIENT_CRL needs {PREFIX}TLS_CLIENT_CA, whose authorities sign it. Set both")
        return self


def _check_prod(settings: Settings) -> None:
    missing = [name for name in ("issuer", "audience", "jwks") if not getattr(settings, name)]
    if missing:
        needs = ", ".join(f"{PREFIX}{name.upper()} ({Settings.model_fields[name].description})" for name in missing)
        raise ValueError(f"{PREFIX}ENV=prod has no defaults for security. Set {needs}")
    if settings.issuer.rstrip("/").lower() == DEV_ISSUER:
        raise ValueError(
            f"{PREFIX}ISSUER={settings.issuer}: it is the development issuer, whose tokens anybody gets. Allowed: your issuer"
        )
    if settings.jwks.lower().startswith("http://"):
        raise ValueError(f"{PREFIX}JWKS={settings.jwks}: keys fetched without TLS can be forged. Allowed: a file or an https URL")


def load_settings(**overrides: Any) -> Settings:
    """Settings of the environment, `overrides` that are not None first; raises SettingsError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    if unknown := unknown_variables(os.environ):
        raise SettingsError(unknown)
    try:
        return Settings(**given)
    except ValidationError as invalid:
        raise SettingsError(
            [_line(error) for error in invalid.errors() if error["type"] != "default_factory_not_called"]
        ) from None


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A line for each variable with the prefix that nothing reads, with the name that was probably meant."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields] + list(OTHER_VARIABLES)
    lines = []
    for name, value in environment.items():
        is_foreign = name.startswith(FOREIGN_PREFIXES) or SERVICE_LINK.search(name) or value.startswith(("tcp://", "udp://"))
        if name.upper().startswith(PREFIX) and name.upper() not in known and not is_foreign:
            nearest = get_close_matches(name.upper(), known, 1, 0)
            lines.append(f"{name}: there is no such setting. Did you mean {nearest[0]}?")
    return lines


def _line(error: Any) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return str(message)
    name = str(error["loc"][0])
    field = Settings.model_fields.get(name)
    if field is None:
        return f"{PREFIX}{name.upper()}: there is no such setting"
    shown = "" if name in SECRET_FIELDS else f"={error['input']}"
    return f"{PREFIX}{name.upper()}{shown}: {message}. Allowed: {field.description}"
