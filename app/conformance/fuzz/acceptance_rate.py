"""Counts for each operation how many of the valid postings were accepted, and why the others were refused."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from schemathesis.core.transport import Response

LEAST_RATE: Final = 0.6


@dataclass(frozen=True, slots=True)
class AcceptanceRate:
    """`refused` counts the problem codes of the postings that were not accepted."""

    operation: str
    accepted: int
    sent: int
    refused: dict[str, int]

    @property
    def rate(self) -> float:
        return self.accepted / self.sent


@dataclass(slots=True)
class AcceptanceRates:
    """A case that is sent several times counts once, with its last answer. `path` is the file that `write` writes."""

    path: str
    least: float = LEAST_RATE
    _codes: dict[tuple[str, str], str] = field(default_factory=dict)

    def record(self, operation: str, case_id: str, response: "Response") -> None:
        succeeded = 200 <= response.status_code < 300
        self._codes[operation, case_id] = "" if succeeded else str(json.loads(response.content).get("code"))

    def rates(self) -> list[AcceptanceRate]:
        counts: dict[str, Counter[str]] = {}
        for (operation, _), code in self._codes.items():
            counts.setdefault(operation, Counter())[code] += 1
        return [
            AcceptanceRate(operation, codes[""], codes.total(), {code: count for code, count in codes.items() if code})
            for operation, codes in sorted(counts.items())
        ]

    def too_low(self) -> list[str]:
        return [f"{each.operation} {each.accepted} of {each.sent}" for each in self.rates() if each.rate < self.least]

    def write(self) -> None:
        found = [[each.operation, each.accepted, each.sent, each.refused] for each in self.rates()]
        Path(self.path).write_text(json.dumps(found), encoding="utf-8")


def read_acceptance_rates(path: Path) -> list[AcceptanceRate]:
    """What `AcceptanceRates.write` wrote; empty if the run ended before that."""
    return [AcceptanceRate(*each) for each in json.loads(path.read_text("utf-8"))] if path.exists() else []
