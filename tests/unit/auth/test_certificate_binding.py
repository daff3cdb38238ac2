"""A token and a certificate: which belong together, where a token has to be bound, and where it may be free."""

import pytest

from app.auth.caller import Caller
from app.auth.certificate_binding import check_binding
from app.auth.refusals import InvalidToken


def caller(thumbprint: str | None) -> Caller:
    return Caller("tenant", "actor", frozenset(), 0.0, 0.0, thumbprint)


@pytest.mark.parametrize(
    ("bound_to", "shown", "is_required"), [(None, None, False), (None, "a", False), ("a", "a", False), ("a", "a", True)]
)
def test_these_belong_together(bound_to: str | None, shown: str | None, is_required: bool) -> None:
    check_binding(caller(bound_to), shown, is_required=is_required)


@pytest.mark.parametrize(
    ("bound_to", "shown", "is_required", "reason"),
    [
        *(("a", None, False, "came without one"), ("a", None, True, "came without one")),
        *(("a", "b", False, "another certificate"), ("a", "b", True, "another certificate")),
        *((None, "a", True, "not bound"), (None, None, True, "not bound")),
    ],
)
def test_these_do_not(bound_to: str | None, shown: str | None, is_required: bool, reason: str) -> None:
    with pytest.raises(InvalidToken, match=reason):
        check_binding(caller(bound_to), shown, is_required=is_required)
