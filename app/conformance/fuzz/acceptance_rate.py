"""How many of the valid postings succeeded, for each operation, and why the others did not."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from schemathesis.core.transport import Response

LEAST: Final = 0.6


@dataclass(frozen=True, slots=True)
class Share:
    """`refused` counts the codes of the problems that the others were answered."""

    operation: str
    accepted: int
    sent: int
    refused: dict[str, int]

    @property
    def value(self) -> float:
        return self.accepted / self.sent


@dataclass(slots=True)
class Shares:
    """A case that is sent again counts once, with its last answer."""

    path: str
    least: float = LEAST
    _codes: dict[tuple[str, str], str] = field(default_factory=dict)

    def count(self, operation: str, case_id: str, response: "Response") -> None:
        succeeded = 200 <= response.status_code < 300
        self._codes[operation, case_id] = "" if succeeded else str(json.loads(response.content).get("code"))

    def all(self) -> list[Share]:
        refused: dict[str, Counter[str]] = {}
        for (operation, _), code in self._codes.items():
            refused.setdefault(operation, Counter())[code] += 1
        return [
            Share(operation, codes[""], codes.total(), dict(codes - Counter([""] * codes[""])))
            for operation, codes in sorted(refused.items())
        ]

    def too_low(self) -> list[str]:
        return [f"{each.operation} {each.accepted} of {each.sent}" for each in self.all() if each.value < self.least]

    def write(self) -> None:
        found = [[each.operation, each.accepted, each.sent, each.refused] for each in self.all()]
        Path(self.path).write_text(json.dumps(found), encoding="utf-8")


def read(path: Path) -> list[Share]:
    """What `write` wrote; empty when the run did not come to its end."""
    return [Share(*each) for each in json.loads(path.read_text("utf-8"))] if path.exists() else []
