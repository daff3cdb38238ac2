"""Which scopes of a token let an operation through."""

from typing import Final

ADMIN: Final = "hpts:admin:"
ADMIN_EVERYWHERE: Final = "hpts:admin:*"


def sufficient_scopes(needed: str) -> frozenset[str]:
    """The scopes of which any one suffices: `needed` itself, and for an administrative area the scope of all areas."""
    return frozenset((needed, ADMIN_EVERYWHERE)) if needed.startswith(ADMIN) else frozenset((needed,))
