"""How many requests a tenant may send, over all workers of a server: what is beyond that is answered 429 (RFC 6585).

The fields RateLimit and RateLimit-Policy are structured fields, as the IETF's draft of RateLimit header fields has them.
"""

from typing import Final

from app.edge.request import Request
from app.edge.token_buckets import TokenBuckets
from app.refusal import Refusal

POLICY: Final = "tenant"
_SECOND_NS: Final = 1_000_000_000


class RateLimited(Refusal):
    code = "rate_limited"

    def __init__(self, rate: int, burst: int, seconds: int) -> None:
        super().__init__(
            f"your tenant may send {rate} requests a second, and {burst} at once; repeat the request in {_in_words(seconds)}"
        )
        self.headers = ((b"retry-after", b"%d" % seconds),)


class RateLimiter:
    """Every answer to a request that counts says what is left."""

    def __init__(self, buckets: TokenBuckets, rate: int, burst: int) -> None:
        self._buckets = buckets
        self._rate, self._burst = rate, burst
        window_seconds = -(-burst // rate)
        self._policy = (b"ratelimit-policy", f'"{POLICY}";q={burst};w={window_seconds}'.encode())

    def admit(self, request: Request, tenant_id: str) -> None:
        """Raises RateLimited; nothing of the request is read then, and its idempotency key is not used."""
        left = self._buckets.take(tenant_id)
        if left >= 0:
            request.response_headers += ((b"ratelimit", b'"tenant";r=%d' % left), self._policy)
            return
        seconds = -(left // _SECOND_NS)
        request.response_headers += ((b"ratelimit", b'"tenant";r=0;t=%d' % seconds), self._policy)
        raise RateLimited(self._rate, self._burst, seconds)


def _in_words(seconds: int) -> str:
    return "a second" if seconds == 1 else f"{seconds} seconds"
