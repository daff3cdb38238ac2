"""The plan of a fuzzing run. Schemathesis runs as a child process and receives the plan as JSON in an environment variable."""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from app.conformance.tls_files import TlsFiles

PLAN_VARIABLE: Final = "HPTS_FUZZ_PLAN"
REQUEST_TIMEOUT_SECONDS: Final = 30
"""For each request that a check sends to a deployment."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is tried: cases for each operation and phase; `max_seconds` repeats fuzzing until the time is over."""

    max_examples: int
    max_seconds: int | None = None
    phases: str = "examples,coverage,fuzzing,stateful"


SHORT: Final = Profile(max_examples=40)
LONG: Final = Profile(max_examples=200, max_seconds=1_800)


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment, a token for it and the files for TLS. `url` ends in the base path; without `token` only public operations
    succeed.
    """

    url: str
    token: str | None = None
    tls: TlsFiles = field(default_factory=TlsFiles)


@dataclass(frozen=True, slots=True)
class Plan:
    """`document` is the file to test against. `mirror` receives every request too and has to answer as `target` does.

    Without `writes` only GET requests are generated. `loans` are ids of existing loans that may be read. The rate of accepted
    postings is written to `acceptance_rates_file`.
    """

    target: Target
    document: str
    seed: int
    profile: Profile = SHORT
    writes: bool = False
    other_tenant_token: str | None = None
    mirror: Target | None = None
    loans: tuple[str, ...] = ()
    acceptance_rates_file: str = ""

    def to_environment(self) -> dict[str, str]:
        return {PLAN_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> Self:
        """Raises KeyError outside of a run that was started with `to_environment`."""
        fields = json.loads(os.environ[PLAN_VARIABLE])
        mirror = fields.pop("mirror")
        return cls(
            **{
                **fields,
                "target": _target(fields["target"]),
                "profile": Profile(**fields["profile"]),
                "mirror": _target(mirror) if mirror else None,
                "loans": tuple(fields["loans"]),
            }
        )


def _target(fields: dict[str, Any]) -> Target:
    return Target(**{**fields, "tls": TlsFiles(**fields["tls"])})
