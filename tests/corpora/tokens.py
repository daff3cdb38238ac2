"""A token with the answer it must get, and the section of RFC 8725 or another standard that it tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tests.corpora.issuer_keys import IssuerKeys
from tests.support.issuer import Issuer

Verdict = Literal["accepted", "invalid_token", "insufficient_scope"]
REFUSED: Final[Verdict] = "invalid_token"
ACCEPTED: Final[Verdict] = "accepted"


@dataclass(frozen=True, slots=True)
class Token:
    """`section` is one of RFC 8725 unless it names another document; `text` is sent after `Bearer `."""

    section: str
    name: str
    text: str
    verdict: Verdict = REFUSED

    def __str__(self) -> str:
        return f"{self.section} {self.name}"


Tokens = Iterator[Token]
Attack = Callable[[Issuer, IssuerKeys], Tokens]
"""Makes tokens when they are sent, since most of them hold the time."""
