"""The files with which a deployment is asked over TLS, in the three forms that the libraries take."""

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: a client certificate and its key, and the authorities that the deployment's certificate has to be of.

    Without `key` it is in the file of the certificate; without `ca_cert` the authorities are those of the machine.
    """

    cert: str | None = None
    key: str | None = None
    ca_cert: str | None = None

    def for_httpx(self) -> ssl.SSLContext | bool:
        """Its `verify`. Raises OSError for files that are unusable."""
        if self == TlsFiles():
            return True
        context = ssl.create_default_context(cafile=self.ca_cert)
        if self.cert is not None:
            context.load_cert_chain(self.cert, self.key)
        return context

    def for_requests(self) -> tuple[str | bool, tuple[str, str] | str | None]:
        """`verify` and `cert` of the library requests."""
        client = self.cert if self.cert is None or self.key is None else (self.cert, self.key)
        return self.ca_cert or True, client

    def for_schemathesis(self) -> list[str]:
        given = (("--tls-verify", self.ca_cert), ("--request-cert", self.cert), ("--request-cert-key", self.key))
        return [part for option, value in given if value is not None for part in (option, value)]
