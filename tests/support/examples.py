"""How many examples a property tries: its own number, scaled by the profile of this run."""

from typing import Final

from hypothesis import settings

USUAL: Final = 100
"""What a property tries that states no number, when every test is run."""


def examples(count: int) -> int:
    """`count` when every test is run, a part of it under a profile that tries less."""
    return max(1, count * settings().max_examples // USUAL)
