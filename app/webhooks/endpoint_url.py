"""The URL of a webhook endpoint: what it must look like to be stored, and its parts as they are used to send.

Only https to public hosts; a host and port that the deployment lists as private may be anything, and may use http.
"""

import ipaddress
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

from app.webhooks.addresses import ends_in_number, is_public

DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_UNSEEN: Final = re.compile("[\u00ad\u034f\u180b-\u180d\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
"""Characters that names may hold and resolvers drop."""
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NAME_MAX: Final = 253
_SAFE_IN_TARGET: Final = "/?%:@!$&'()*+,;=-._~[]|"
_PLAIN_IPV4: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}")


class UrlRefused(ValueError):
    """Nothing may be sent there; the message says why and what is allowed."""


@dataclass(frozen=True, slots=True)
class EndpointUrl:
    """`host` in lower case, ASCII, without brackets and trailing dot; `target` is path and query as they stand in a request."""

    is_secure: bool
    host: str
    port: int
    target: str
    is_private_allowed: bool

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS["https" if self.is_secure else "http"] else f"{host}:{self.port}"


def parse_endpoint_url(url: str, private_hosts: AbstractSet[str]) -> EndpointUrl:
    """Raises UrlRefused. `private_hosts` are `host:port`, in lower case and with brackets around IPv6."""
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise UrlRefused("the URL holds a space, a control character or a backslash; they are written in percent-encoding")
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in DEFAULT_PORTS or not rest:
        raise UrlRefused("the URL is not an https URL")
    if "#" in url:
        raise UrlRefused("the URL has a fragment, which is never sent; leave out `#` and what follows")
    try:
        parts = urlsplit(url)
        named_host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UrlRefused("the host or the port of the URL is malformed") from None
    if "@" in parts.netloc:
        raise UrlRefused("the URL holds credentials; receivers know the sender by the signature")
    is_secure = parts.scheme == "https"
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    host = _ascii_host(named_host)
    if ("[" in parts.netloc) != (":" in host):
        raise UrlRefused("the host of the URL is no name of a host")
    is_private = _host_and_port(named_host.rstrip("."), port) in private_hosts
    if not is_private:
        _require_public(is_secure, host, is_plain_literal=":" in host or _PLAIN_IPV4.fullmatch(named_host) is not None)
    if port == 0:
        raise UrlRefused("the port of the URL is 0; ports are 1 to 65535")
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE_IN_TARGET)
    return EndpointUrl(is_secure, host, port, target, is_private)


def url_refusal(url: str, private_hosts: AbstractSet[str]) -> str | None:
    """Why nothing may be sent to the URL; None for one that is fine."""
    try:
        parse_endpoint_url(url, private_hosts)
    except UrlRefused as refused:
        return str(refused)
    return None


def _host_and_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _ascii_host(named: str) -> str:
    """The host as a resolver is asked for it, whatever it is written with."""
    host = named
    for _ in range(3):
        host = unquote(host)
    host = _UNSEEN.sub("", normalize("NFKC", host).replace("\u3002", ".")).lower().rstrip(".")
    if ":" in host:
        return host
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        host = ""
    if len(host) > _NAME_MAX or not _NAME.fullmatch(host):
        raise UrlRefused("the host of the URL is no name of a host")
    return host


def _require_public(is_secure: bool, host: str, *, is_plain_literal: bool) -> None:
    if not is_secure:
        raise UrlRefused("the URL is not an https URL")
    if host == "localhost" or host.endswith(".localhost"):
        raise UrlRefused("the host of the URL is this machine; webhooks go to public addresses only")
    if not (":" in host or ends_in_number(host)):
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise UrlRefused("the host of the URL is an address in an unusual spelling; give a name") from None
    if not is_plain_literal or not is_public(address):
        raise UrlRefused("the host of the URL is a private or reserved address; webhooks go to public addresses only")
