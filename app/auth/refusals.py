"""Why a caller is not let in."""

from typing import Final

from app.refusal import Refusal

REALM: Final = 'Bearer realm="hpts"'


class Unauthenticated(Refusal):
    """No credentials were sent, so RFC 6750 wants a challenge without an error code."""

    code = "unauthenticated"
    headers = ((b"www-authenticate", REALM.encode()),)

    def __init__(self) -> None:
        super().__init__("the request carries no bearer token")


class InvalidToken(Refusal):
    """`reason` is one of our own sentences, never a part of the token."""

    code = "invalid_token"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        challenge = f'{REALM}, error="invalid_token", error_description="{reason}"'
        self.headers = ((b"www-authenticate", challenge.encode("ascii")),)


class InsufficientScope(Refusal):
    code = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"the token does not hold the scope {scope}")
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        self.headers = ((b"www-authenticate", challenge.encode("ascii")),)


class TokensUnverifiable(Refusal):
    """The issuer's keys could not be read, or too many requests wait for them, so that this token cannot be verified now."""

    code = "unavailable"
    retry_after_seconds = 5

    def __init__(self) -> None:
        super().__init__("the issuer's key set cannot be read at present; repeat the request")


class CertificateRequired(Refusal):
    """The request needs a client certificate that is accepted; `reason` is one of our own sentences."""

    code = "certificate_required"
