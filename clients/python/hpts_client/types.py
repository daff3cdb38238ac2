"""The value of what was left out, by which the generated code tells it from what was set."""

from typing import Final, Literal


class Unset:
    """Neither sent nor answered; false, so that `if entry.description` asks for it."""

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset()
