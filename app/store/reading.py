"""How answers are read, and what is kept beside the journal: a database that does not answer is for the caller to try again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, TypeVar

from sqlalchemy import Connection

from app.ledger.errors import Refusal
from app.store.phases import Store, StoreUnavailable

T = TypeVar("T")


class ReadUnavailable(Refusal):
    code = "unavailable"
    retry_after_seconds: ClassVar[int] = 1

    def __init__(self) -> None:
        super().__init__("the database did not answer; repeat the request")


async def read(store: Store, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
    """`store.read`, raising ReadUnavailable where that raises StoreUnavailable."""
    with refusing():
        return await store.read(tenant_ids, query)


async def write(store: Store, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
    """`store.write`, raising ReadUnavailable where that raises StoreUnavailable."""
    with refusing():
        return await store.write(tenant_ids, query)


@contextmanager
def refusing() -> Iterator[None]:
    """ReadUnavailable for StoreUnavailable."""
    try:
        yield
    except StoreUnavailable as error:
        raise ReadUnavailable from error
