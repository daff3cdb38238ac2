"""Every refusal of the rules has a code of its own, which the catalogue of problems explains."""

from pathlib import Path

import yaml

from app.ledger import refusals
from app.ledger.refusals import ReversalBlocked
from app.refusal import FieldError, Refusal
from tests.support.events import day


def refusals_of_the_rules() -> list[type[Refusal]]:
    return [
        each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refusal) and each is not Refusal
    ]


def test_every_refusals_code_is_in_the_catalogue_as_a_conflict_or_unprocessable(repository: Path) -> None:
    catalogue = yaml.safe_load((repository / "openapi/problems.yaml").read_text("utf-8"))
    for each in refusals_of_the_rules():
        assert catalogue[each.code]["status"] in (409, 422), each


def test_each_code_has_one_class() -> None:
    codes = [each.code for each in refusals_of_the_rules()]
    assert len(set(codes)) == len(codes)


def test_no_refusal_of_the_rules_is_helped_by_waiting() -> None:
    assert all(each.retry_after_seconds is None for each in refusals_of_the_rules())


def test_a_blocked_reversal_has_the_entry_and_the_loans_besides_its_words() -> None:
    error = FieldError("/reverses_entry_id", "reversal_blocked", "reverse another first")
    blocked = ReversalBlocked("blocked", error, entry_id="entry-1", effective_at=day(0), loan_ids=("loan-1", "loan-2"))
    assert (blocked.detail, blocked.field_errors, str(blocked)) == ("blocked", (error,), "blocked")
    assert (blocked.entry_id, blocked.effective_at, blocked.loan_ids) == ("entry-1", day(0), ("loan-1", "loan-2"))
