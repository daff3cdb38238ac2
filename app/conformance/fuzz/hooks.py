"""The module that Schemathesis loads: it repairs cases before they are sent, observes answers and adds checks of our own.

Importing it registers all hooks and checks, for the plan in the environment.
"""

from random import Random
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.hooks import HookContext

from app.conformance.fuzz import repair
from app.conformance.fuzz.acceptance_rate import AcceptanceRates
from app.conformance.fuzz.deployment_client import DeploymentClient
from app.conformance.fuzz.invariants import Invariants
from app.conformance.fuzz.known_state import KnownState
from app.conformance.fuzz.mirror import Mirror
from app.conformance.fuzz.plan import Plan
from app.conformance.fuzz.repair import AnyCase

PLAN = Plan.from_environment()
CLIENT = DeploymentClient(PLAN.target)
INVARIANTS = Invariants(PLAN, CLIENT)
MIRROR = Mirror(PLAN.target, PLAN.mirror) if PLAN.mirror else None
ACCEPTANCE_RATES = AcceptanceRates(PLAN.acceptance_rates_file)
DIFFERENCES: dict[str, list[str]] = {}
"""How the answer of the mirror differed, by the id of the case."""


def _compare_with_mirror(response: Response) -> None:
    if MIRROR and (differences := MIRROR.differences(response)):
        raise AssertionError(f"the engines differ on {response.request.method} {response.request.url}: {differences}")


KNOWN_STATE = KnownState(CLIENT, Random(PLAN.seed), _compare_with_mirror)


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """A deprecated parameter is ignored, so that a request is not invalid because of its value."""
    for parameter in raw_schema.get("components", {}).get("parameters", {}).values():
        if parameter.get("deprecated"):
            parameter["schema"] = {"type": "string"}


@schemathesis.hook
def before_call(context: HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
    if is_valid(case):
        repair.remove_page_tokens(case)
        if PLAN.writes:
            repair.repair(case, KNOWN_STATE)
        elif PLAN.loans:
            repair.use_existing_loan(case, PLAN.loans)


@schemathesis.hook
def after_call(context: HookContext, case: AnyCase, response: Response) -> None:
    if MIRROR:
        DIFFERENCES[case.id] = MIRROR.differences(response)
    KNOWN_STATE.observe(response)
    if response.status_code == 201 and is_valid(case):
        repair.remember(case, KNOWN_STATE)


@schemathesis.check
def every_problem_is_catalogued(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    INVARIANTS.problem_is_catalogued(response)


@schemathesis.check
def openapi_core_agrees(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    if case.method == case.operation.method.upper():
        INVARIANTS.openapi_core_agrees(response)


@schemathesis.check
def a_replay_is_identical(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    INVARIANTS.replay_is_identical(response)


@schemathesis.check
def the_trial_balance_is_zero(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    INVARIANTS.trial_balance_is_zero(response)


@schemathesis.check
def other_tenants_see_nothing(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    INVARIANTS.other_tenant_sees_nothing(response)


@schemathesis.check
def the_engines_agree(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    differences = DIFFERENCES.pop(case.id, [])
    assert not differences, "the mirror answers differently: " + "; ".join(differences)


@schemathesis.check
class MostValidPostingsSucceed:
    """Fails when too few valid postings are accepted, because then the run hardly tried anything but refusals."""

    def after_response(self, ctx: CheckContext, response: Response, case: AnyCase) -> None:
        if case.method == "POST" and is_valid(case):
            ACCEPTANCE_RATES.record(case.operation.label, case.id, response)

    def after_run(self, ctx: CheckContext) -> None:
        ACCEPTANCE_RATES.write()
        low = ACCEPTANCE_RATES.too_low()
        assert not low, f"fewer than {ACCEPTANCE_RATES.least:.0%} of the valid postings were accepted: {low}"


def is_valid(case: AnyCase) -> bool:
    """Whether the case was generated to conform to the contract."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
