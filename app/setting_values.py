"""Values of settings that are more than a word: read from their text, or refused in words that hold no secret."""

import ipaddress
from base64 import b64decode
from typing import Final
from urllib.parse import urlsplit

KEY_BYTES: Final = 32


def secret_key_of(text: str) -> bytes:
    """The key that the base64 of KEY_BYTES bytes holds. Raises ValueError, whose words hold no part of the text."""
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"it is not the base64 of {KEY_BYTES} bytes")
    return key


def host_and_port(text: str) -> str:
    """In lower case, IPv6 in brackets. Raises ValueError unless it is a host with a port."""
    parts = urlsplit(f"//{text}")
    if parts.port is None or not parts.hostname or "@" in text or parts.netloc != text:
        raise ValueError(f"`{text}` is no host:port")
    host = parts.hostname.rstrip(".")
    return f"[{host}]:{parts.port}" if ":" in host else f"{host}:{parts.port}"


def networks_of(listed: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Raises ValueError, also for a network that is written with bits of an address in it."""
    return [ipaddress.ip_network(each.strip()) for each in listed.split(",") if listed]


def check_database_url(url: str) -> None:
    """Raises ValueError, whose words hold no part of the URL."""
    if url.startswith("sqlite:///") and url != "sqlite:///" and ":memory:" not in url:
        return
    if url.startswith("sqlite:"):
        raise ValueError("a file has three slashes and a relative path, or four and an absolute one")
    if url.startswith(("postgres:", "postgresql+", "postgres+")):
        raise ValueError("the scheme is written `postgresql://` here")
    if not url.startswith("postgresql://"):
        raise ValueError("is neither a SQLite file nor a PostgreSQL database")
    _check_parts(url)


def _check_parts(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("the port is no number from 1 to 65535; `/?#[]@:%` in a password are written in percent-encoding")
    if not parts.path.strip("/"):
        raise ValueError("it names no database")


def is_url(location: str) -> bool:
    """Whether a key set is at a URL, and not in a file."""
    return location.lower().startswith(("https://", "http://"))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; any other name than localhost may lead anywhere."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
