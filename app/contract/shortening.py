"""A large body cut down to where its faults are still seen, so that saying what is wrong costs little, however much was sent.

The validator finds every error before it gives the first one, and gives each with the value that it is about. For a body of some
megabytes that takes seconds, during which the process answers nobody else.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from app import limits

MEMBERS: Final = 256
"""Members of an object up to which it is left as it is; every schema admits fewer."""
ITEMS: Final = limits.ACCRUAL_LOANS + 1
"""Items that are kept of a list: one more than any schema admits, so that a list that is too long stays so."""


def shorten(value: Any, declared: Iterable[str]) -> Any:
    """The value with at most ITEMS items in each list, and in each object no more than the `declared` members and MEMBERS others.

    What is cut is faulty in what remains, too: no schema admits as many members or items. Values within are shared, not copied.
    """
    if isinstance(value, dict):
        if len(value) > MEMBERS:
            value = {name: value[name] for name in declared if name in value} | dict(islice(value.items(), MEMBERS))
        changed = {name: short for name, each in value.items() if (short := shorten(each, declared)) is not each}
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        shortened = [shorten(each, declared) for each in value[:ITEMS]]
        return shortened if len(value) > ITEMS or any(map(_differ, value, shortened)) else value
    return value


def _differ(one: Any, other: Any) -> bool:
    return one is not other
