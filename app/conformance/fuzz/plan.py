"""What a fuzzing run is to do. It travels to Schemathesis, which is a process of its own, as JSON in one environment variable."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Final, Self

VARIABLE: Final = "HPTS_FUZZ_PLAN"


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is tried: cases of one operation in each phase, and for how long fuzzing goes on after its first round."""

    max_examples: int
    max_seconds: int | None = None
    phases: str = "examples,coverage,fuzzing,stateful"


SHORT: Final = Profile(max_examples=40)
LONG: Final = Profile(max_examples=200, max_seconds=1_800)


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment and a token of it. `url` ends in the base path; without `token` only what needs none succeeds."""

    url: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`document` is the file to test against, `stranger` a token of another tenant, `mirror` has to answer as `target` does.

    Without `writes` only safe methods are sent. `loans` exist already and may be read. How many valid postings succeeded is
    written to `shares`, a file.
    """

    target: Target
    document: str
    seed: int
    profile: Profile = SHORT
    writes: bool = False
    stranger: str | None = None
    mirror: Target | None = None
    loans: tuple[str, ...] = ()
    shares: str = ""

    def to_environment(self) -> dict[str, str]:
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> Self:
        """Raises KeyError outside a run that `to_environment` began."""
        told = json.loads(os.environ[VARIABLE])
        mirror = told.pop("mirror")
        return cls(
            **{
                **told,
                "target": Target(**told["target"]),
                "profile": Profile(**told["profile"]),
                "mirror": Target(**mirror) if mirror else None,
                "loans": tuple(told["loans"]),
            }
        )
