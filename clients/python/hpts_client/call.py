"""A call of one operation: what is sent, and how its answers are read. The functions of `hpts_client.api` make them.

A call that posts has its idempotency key from the moment it is made, so that sending the same call again never posts twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, Self, TypeVar
from uuid import uuid4

from .answer import Readers
from .types import Unset

T = TypeVar("T")
Item = TypeVar("Item")
IDEMPOTENCY_KEY: Final = "Idempotency-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """`path` is relative to the server's base URL."""

    method: str
    path: str
    readers: Readers[T]
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def idempotency_key(self) -> str | None:
        """Keep it with your own record of the posting: a call made anew with the same key is the same posting."""
        return self.headers.get(IDEMPOTENCY_KEY)

    @property
    def may_be_repeated(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.method == "GET" or self.idempotency_key is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedCall(Call[T], Generic[T, Item]):
    """A call whose answer is one page of many; the client's `each` goes through all of them."""

    token_name: str
    items_of: Callable[[T], list[Item]]
    token_of: Callable[[T], str | Unset]

    def after(self, page: T) -> Self | None:
        """The call of the next page; None after the last."""
        token = self.token_of(page)
        return replace(self, query={**self.query, self.token_name: token}) if token else None


def new_key(operation: str) -> str:
    """An idempotency key that nobody has used."""
    return f"{operation}:{uuid4()}"
