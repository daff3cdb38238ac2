"""`make fuzz`: the long profile against private servers on both engines, with a seed to replay it.

`python -m contract_tests.fuzz --seed 7 --seconds 600` chooses the seed, and for how long fuzzing goes on.
"""

import argparse
import secrets
import sys
from dataclasses import replace
from functools import partial

from app.cli.console_output import console
from app.conformance.fuzz.plan import LONG
from app.conformance.fuzz.run import fuzz
from app.conformance.report import acceptance_rates_table
from contract_tests.deployments import plan_for_both_engines, private_databases


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="replays an earlier run")
    arguments.add_argument("--seconds", type=int, default=LONG.max_seconds, help="how long fuzzing goes on")
    given = arguments.parse_args()
    profile = replace(LONG, max_seconds=given.seconds)
    with private_databases() as (databases, folder), plan_for_both_engines(given.seed, profile, databases, folder) as plan:
        outcome = fuzz(plan, partial(print, end="", flush=True))
    console().print(acceptance_rates_table(outcome.acceptance_rates))
    print(f"Replay it with: make fuzz SEED={outcome.seed}")
    sys.exit(0 if outcome.passed else 1)


if __name__ == "__main__":
    main()
