"""Which scopes let an operation through."""

import pytest

from app.auth.scopes import sufficient_scopes


@pytest.mark.parametrize(
    ("held", "needed", "passes"),
    [
        ("hpts:payments:write", "hpts:payments:write", True),
        ("hpts:payments:writ", "hpts:payments:write", False),
        ("hpts:payments:*", "hpts:payments:write", False),
        ("HPTS:PAYMENTS:WRITE", "hpts:payments:write", False),
        ("hpts:admin:*", "hpts:payments:write", False),
        ("hpts:admin:*", "hpts:admin:fees", True),
        ("hpts:admin:fees", "hpts:admin:fees", True),
        ("hpts:admin:fee", "hpts:admin:fees", False),
        ("hpts:admin:", "hpts:admin:fees", False),
        ("", "hpts:admin:fees", False),
    ],
)
def test_a_scope_is_held_exactly_or_by_the_administrators_star(held: str, needed: str, passes: bool) -> None:
    assert (not sufficient_scopes(needed).isdisjoint(held.split())) is passes
