"""Breaking changes that were agreed on: a file with the place and the rule of one change a line, as `diff --json` has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.compatibility.change import Change, ChangeKind

AcceptedChange = tuple[str, str]
"""Place and rule."""


class AcceptedUnreadable(Exception):
    """The file cannot be used; the message names it, and the line."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`unused` are accepted changes that were not made, in the order of the file."""

    refused: list[Change]
    unused: list[AcceptedChange]


def read_accepted(path: Path) -> list[AcceptedChange]:
    """Lines that are empty or begin with # are left out. Raises AcceptedUnreadable."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AcceptedUnreadable(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    return [_parse(path, number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]


def _parse(path: Path, number: int, line: str) -> AcceptedChange:
    place, _, rule = line.strip().rpartition(" ")
    if not place.startswith("/"):
        raise AcceptedUnreadable(f"{path} line {number} is not a place and a rule, such as `/servers server-removed`")
    return place.strip(), rule


def agree(changes: Sequence[Change], accepted: Sequence[AcceptedChange]) -> Agreement:
    """Which breaking changes nobody agreed on."""
    breaking = [each for each in changes if each.kind is ChangeKind.BREAKING]
    made = {(each.place, each.rule) for each in breaking}
    return Agreement(
        [each for each in breaking if (each.place, each.rule) not in accepted], [each for each in accepted if each not in made]
    )
