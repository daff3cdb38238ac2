"""Schemathesis tests every operation of the real server on both engines: examples, coverage, fuzzing and chains of links."""

import json
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from werkzeug.wrappers import Request

from app.cli.console_output import console
from app.conformance.fuzz.acceptance_rate import LEAST_RATE
from app.conformance.fuzz.plan import SHORT, Profile, Target
from app.conformance.fuzz.run import Outcome, fuzz
from app.conformance.report import acceptance_rates_table
from app.contract.routing_view import BASE_PATH
from contract_tests.deployments import plan_for_both_engines
from contract_tests.tampering import After, one_field_more, relay
from tests.support.administration import ADMINISTRATION
from tests.support.databases import Databases
from tests.support.postings import POSTINGS

FEW = Profile(max_examples=2, phases="examples")
SEED = 20_261_125
"""Fixed, so that this test fails only because of a change of the code; `make fuzz` uses another seed each time."""


def test_no_case_breaks_the_contract_or_an_invariant_on_either_engine(databases: Databases, tmp_path: Path) -> None:
    with plan_for_both_engines(SEED, SHORT, databases, tmp_path) as plan:
        outcome = fuzz(plan)
    console().print(acceptance_rates_table(outcome.acceptance_rates))
    assert outcome.passed, outcome.log
    assert {each.operation for each in outcome.acceptance_rates} == {f"POST {each.path}" for each in (*POSTINGS, *ADMINISTRATION)}
    assert all(each.rate >= LEAST_RATE for each in outcome.acceptance_rates)
    assert outcome.cases > 1_000


def one_cent_more(request: Request, answer: httpx.Response) -> bytes:
    """The balance of account 1000 (cash) with one cent more than was posted."""
    if not request.path.endswith("/accounts/1000/balance") or not answer.is_success:
        return answer.content
    balance = answer.json()
    return json.dumps(balance | {"dr_balance_minor": str(int(balance["dr_balance_minor"]) + 1)}).encode()


def spaces_in_replays(_: Request, answer: httpx.Response) -> bytes:
    """A replay that is equal as JSON but not byte by byte."""
    return answer.content.replace(b",", b", ") if "idempotency-replayed" in answer.headers else answer.content


def another_code(_: Request, answer: httpx.Response) -> bytes:
    """Problems with a code that the catalogue does not have."""
    return answer.content.replace(b'"code":"validation_failed"', b'"code":"no_such_code"')


@pytest.mark.parametrize(
    ("after", "check", "phases"),
    [
        (one_cent_more, "the_trial_balance_is_zero", "examples"),
        (spaces_in_replays, "a_replay_is_identical", "examples"),
        (one_field_more("/payments"), "openapi_core_agrees", "examples"),
        (another_code, "every_problem_is_catalogued", "coverage"),
    ],
)
def test_an_answer_that_breaks_an_invariant_is_found(
    after: After, check: str, phases: str, databases: Databases, tmp_path: Path
) -> None:
    profile = replace(FEW, phases=phases)
    with plan_for_both_engines(SEED, profile, databases, tmp_path) as plan, relay(origin(plan.target.url), after=after) as url:
        outcome = fuzz(replace(plan, target=Target(url + BASE_PATH, plan.target.token), mirror=None))
    assert found(outcome) & {check}, outcome.log


def test_a_tenant_that_can_read_another_tenant_s_loan_is_found(databases: Databases, tmp_path: Path) -> None:
    with plan_for_both_engines(SEED, FEW, databases, tmp_path) as plan:

        def replace_token(headers: dict[str, str]) -> None:
            headers["Authorization"] = f"Bearer {plan.target.token}" if "Authorization" in headers else ""

        with relay(origin(plan.target.url), before=replace_token) as url:
            outcome = fuzz(replace(plan, target=Target(url + BASE_PATH, plan.target.token), mirror=None))
    assert "other_tenants_see_nothing" in found(outcome), outcome.log


def test_an_engine_that_answers_differently_is_found(databases: Databases, tmp_path: Path) -> None:
    with plan_for_both_engines(SEED, FEW, databases, tmp_path) as plan:
        assert plan.mirror is not None
        with relay(origin(plan.mirror.url), after=one_cent_more) as url:
            outcome = fuzz(replace(plan, mirror=Target(url + BASE_PATH, plan.mirror.token)))
    assert "the_engines_agree" in found(outcome), outcome.log


def origin(url: str) -> str:
    return url.removesuffix(BASE_PATH)


def found(outcome: Outcome) -> set[str]:
    """Names of our own checks that failed."""
    assert not outcome.passed
    return {name for each in outcome.failures for name in re.findall(r"`(\w+)`", each.title)}
