"""The date that a read is as of, and members without a value."""

import pytest

from app import clock
from app.edge.call import Call
from handlers.answers import as_of_date, without_absent
from tests.support.events import TODAY, day, noon


def test_a_read_is_as_of_the_date_that_is_asked_for() -> None:
    assert as_of_date(Call("getLoanBalance", None, "", {"as_of_date": day(-400)})) == day(-400)


def test_a_read_without_a_date_is_as_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", noon)
    assert as_of_date(Call("getLoanBalance", None, "", {})) == TODAY


def test_only_members_without_a_value_are_left_out() -> None:
    empty = {"text": "", "number": 0, "flag": False, "items": []}
    assert without_absent({"absent": None, **empty}) == empty
