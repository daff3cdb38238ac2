"""Whether a request is let in at all, before its path and its token are looked at: by its host, its certificate and its proxy.

A partner host shows nothing without a client certificate that is accepted. What a proxy says about a client counts only when the
proxy is one of those trusted; the same headers from anybody else are not read.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from app.auth.client_authority import ClientAuthority
from app.auth.client_certificate import CertificateUnreadable, ClientCertificate, read_certificate
from app.auth.refusals import CertificateRequired
from app.edge.asgi_types import Scope
from app.edge.forwarded import TrustedProxies, certificate_bytes, parse_address
from app.edge.host_name import host_name
from app.edge.refusals import ClientCertificateUnusable, MisdirectedRequest
from app.edge.request import Client, Request, request_of

TLS_KEY: Final = "hpts.tls"
"""Where the scope of a request over TLS has its TlsClient."""
HOSTS_REMEMBERED: Final = 1_024
"""Hosts, and values of Client-Cert, that are remembered at most; all are forgotten when there is one more."""
NO_CERTIFICATE: Final = "this host takes mutual TLS only, and the request came without a client certificate"


class TlsClient(NamedTuple):
    """What a TLS handshake told: the host that the client asked for, if any, and its certificate."""

    server_name: bytes | None
    certificate: ClientCertificate | None


NO_TLS: Final = TlsClient(None, None)


class Admission:
    """`ordinary` has hosts, as requests spell them, whose requests need no check: none where TLS or a proxy tells of clients.

    Without it, a request that comes neither over TLS nor through a trusted proxy would pay for what cannot concern it.
    """

    def __init__(
        self,
        partner_hosts: Collection[str] = (),
        authority: ClientAuthority | None = None,
        proxies: TrustedProxies | None = None,
        *,
        has_tls: bool = False,
    ) -> None:
        self.ordinary: set[bytes | None] = set()
        self._partner_hosts = frozenset(host_name(each.encode("ascii")) for each in partner_hosts)
        self._authority = authority or ClientAuthority()
        self._proxies = proxies
        self._tells_clients = has_tls or proxies is not None
        self._certificates: dict[bytes, ClientCertificate] = {}

    def check(self, scope: Scope) -> None:
        """Raises CertificateRequired, MisdirectedRequest, and ClientCertificateUnusable for what a trusted proxy hands on."""
        request = request_of(scope)
        host = request.headers.get(b"host")
        if not self._tells_clients:
            self._check_without_certificate(host)
            return
        proxy = self._trusted_proxy(scope)
        tls: TlsClient = scope.get(TLS_KEY, NO_TLS)
        server_name, certificate = (None, self._handed_on(request)) if proxy else tls
        name = server_name if host is None else host_name(host)
        if server_name is not None and name != server_name:
            raise MisdirectedRequest
        is_partner = name in self._partner_hosts
        if certificate is not None:
            self._check_certificate(certificate, is_verified=proxy is None)
        elif is_partner:
            raise CertificateRequired(NO_CERTIFICATE)
        address = self._client_address(proxy, scope, request) if proxy else ""
        request.client = Client(address, certificate.thumbprint if certificate else None, is_partner)

    def _check_without_certificate(self, host: bytes | None) -> None:
        if host is not None and host_name(host) in self._partner_hosts:
            raise CertificateRequired(NO_CERTIFICATE)
        if len(self.ordinary) >= HOSTS_REMEMBERED:
            self.ordinary.clear()
        self.ordinary.add(host)

    def _check_certificate(self, certificate: ClientCertificate, *, is_verified: bool) -> None:
        objection = self._authority.objection(certificate, is_verified=is_verified)
        if objection is not None:
            raise CertificateRequired(objection)

    def _trusted_proxy(self, scope: Scope) -> str | None:
        """The address of the proxy that hands this request on, when it is trusted."""
        if self._proxies is None or not scope.get("client"):
            return None
        address = parse_address(scope["client"][0])
        return str(address) if self._proxies.trusts(address) else None

    def _handed_on(self, request: Request) -> ClientCertificate | None:
        value = request.headers.get(b"client-cert")
        if value is None:
            return None
        if b"client-cert" in request.repeated_headers:
            raise ClientCertificateUnusable("was sent more than once")
        certificate = self._certificates.get(value)
        if certificate is None:
            try:
                certificate = read_certificate(certificate_bytes(value))
            except CertificateUnreadable:
                raise ClientCertificateUnusable("is not one certificate, in RFC 9440's form or as URL-encoded PEM") from None
            if len(self._certificates) >= HOSTS_REMEMBERED:
                self._certificates.clear()
            self._certificates[value] = certificate
        return certificate

    def _client_address(self, proxy: str, scope: Scope, request: Request) -> str:
        proxies = self._proxies
        assert proxies is not None, "there is no trusted proxy without any"
        lists = [_joined(scope, request, name) for name in (b"x-forwarded-for", b"forwarded")]
        return proxies.client_address(proxy, *lists)


def _joined(scope: Scope, request: Request, name: bytes) -> str | None:
    """The value of a header that is a list, whose parts may be sent one by one (RFC 9110, 5.3)."""
    value = request.headers.get(name)
    if value is not None and name in request.repeated_headers:
        value = b",".join(part for other, part in scope["headers"] if other == name)
    return None if value is None else value.decode("latin-1")
