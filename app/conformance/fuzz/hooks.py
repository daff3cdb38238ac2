"""What Schemathesis loads: cases are repaired before they are sent, answers are learnt from, and our checks run beside its own.

Importing this registers everything, for the plan in the environment.
"""

from random import Random
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.hooks import HookContext

from app.conformance.fuzz import repair
from app.conformance.fuzz.acceptance_rate import Shares
from app.conformance.fuzz.invariants import Invariants
from app.conformance.fuzz.known_state import World
from app.conformance.fuzz.mirror import Mirror
from app.conformance.fuzz.plan import Plan
from app.conformance.fuzz.repair import AnyCase
from app.conformance.fuzz.wire import Wire

PLAN = Plan.from_environment()
WIRE = Wire(PLAN.target)
INVARIANTS = Invariants(PLAN, WIRE)
MIRROR = Mirror(PLAN.target, PLAN.mirror) if PLAN.mirror else None
SHARES = Shares(PLAN.shares)
DIFFERENCES: dict[str, list[str]] = {}
"""What the mirror answered otherwise, by case."""


def _follow(response: Response) -> None:
    if MIRROR and (differences := MIRROR.differences(response)):
        raise AssertionError(f"the engines differ on {response.request.method} {response.request.url}: {differences}")


WORLD = World(WIRE, Random(PLAN.seed), _follow)


@schemathesis.hook
def before_call(context: HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
    if is_valid(case):
        repair.without_page_tokens(case)
        if PLAN.writes:
            repair.repair(case, WORLD)
        elif PLAN.loans:
            repair.name_a_loan(case, PLAN.loans)


@schemathesis.hook
def after_call(context: HookContext, case: AnyCase, response: Response) -> None:
    if MIRROR:
        DIFFERENCES[case.id] = MIRROR.differences(response)
    WORLD.learn(response)
    if response.status_code == 201 and is_valid(case):
        repair.remember(case, WORLD)


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
def strangers_see_nothing(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    INVARIANTS.stranger_sees_nothing(response)


@schemathesis.check
def the_engines_agree(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    differences = DIFFERENCES.pop(case.id, [])
    assert not differences, "the mirror answers otherwise: " + "; ".join(differences)


@schemathesis.check
class MostValidPostingsSucceed:
    """Whether what was tried got past the first refusal: the share of valid postings that were answered 2xx."""

    def after_response(self, ctx: CheckContext, response: Response, case: AnyCase) -> None:
        if case.method == "POST" and is_valid(case):
            SHARES.count(case.operation.label, case.id, response)

    def after_run(self, ctx: CheckContext) -> None:
        SHARES.write()
        low = SHARES.too_low()
        assert not low, f"fewer than {SHARES.least:.0%} of the valid postings were accepted: {low}"


def is_valid(case: AnyCase) -> bool:
    """Whether the case was generated to fit the contract."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
