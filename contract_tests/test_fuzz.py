"""Schemathesis tries every operation of the real server: examples, coverage, fuzzing and chains of links, on both engines."""

from pathlib import Path

import pytest

from app.command.output import console
from app.conformance.fuzz.plan import SHORT
from app.conformance.fuzz.run import fuzz
from app.conformance.fuzz.shares import LEAST
from app.conformance.report import shares_table
from contract_tests.deployments import plan_for_both_engines
from tests.support.databases import Databases

SEED = 20_261_125
"""Fixed, so that a change of the code is what makes this test go red; `make fuzz` takes another one each time."""
POSTINGS = {"POST /accruals/batch", "POST /disbursements", "POST /loans/{loan_id}/fees", "POST /payments", "POST /reversals"}


@pytest.mark.timeout(240)
def test_no_case_breaks_the_contract_or_an_invariant_on_either_engine(databases: Databases, tmp_path: Path) -> None:
    with plan_for_both_engines(SEED, SHORT, databases, tmp_path) as plan:
        outcome = fuzz(plan)
    console().print(shares_table(outcome.shares))
    assert outcome.passed, outcome.log
    assert {each.operation for each in outcome.shares} == POSTINGS
    assert all(each.value >= LEAST for each in outcome.shares)
    assert outcome.cases > 1_000
