"""Whether a token may be used with the certificate of its request, and without one (RFC 8705, section 3)."""

from app.auth.caller import Caller
from app.auth.refusals import InvalidToken


def check_binding(caller: Caller, thumbprint: str | None, *, is_required: bool) -> None:
    """`thumbprint` is that of the request's certificate; `is_required` where only bound tokens are taken. Raises InvalidToken."""
    if caller.thumbprint is None:
        if is_required:
            raise InvalidToken("the token is not bound to a certificate by cnf, which this host requires")
    elif thumbprint is None:
        raise InvalidToken("the token is bound to a certificate, and the request came without one")
    elif caller.thumbprint != thumbprint:
        raise InvalidToken("the token is bound to another certificate than that of the request")
