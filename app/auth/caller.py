"""Who calls, as a verified access token says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Tenant (lower-case uuid), subject and scopes; the token is valid from `not_before` to `expires_at`, in epoch seconds.

    `thumbprint` is that of the one certificate with which the token may be used (RFC 8705), if it is bound to one.
    """

    tenant_id: str
    actor: str
    scopes: frozenset[str]
    expires_at: float
    not_before: float = 0.0
    thumbprint: str | None = None
