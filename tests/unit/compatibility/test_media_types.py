"""Media types of a body: one that is gone is breaking, a new one is additive."""

from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from tests.unit.compatibility.documents import DELETED, OPERATION, ChangedValue, kinds_and_rules

BREAKING: Final[list[ChangedValue]] = [
    ("request-media-type-removed", f"{OPERATION}/requestBody/content/application~1json", DELETED),
    ("response-media-type-removed", f"{OPERATION}/responses/201/content/application~1json", DELETED),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("request-media-type-added", f"{OPERATION}/requestBody/content/text~1plain", {"schema": {}}),
    ("response-media-type-added", f"{OPERATION}/responses/201/content/text~1plain", {"schema": {}}),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_media_type_that_is_gone_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_new_media_type_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]
