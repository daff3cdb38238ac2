"""Each commit is told, so that what was posted can be delivered at once."""

from tests.support.events import disbursement, new_id
from tests.unit.posting.support import MemoryStore, request, running_writer


async def test_each_commit_is_told() -> None:
    store, told = MemoryStore(), list[int]()
    async with running_writer(store, on_posted=lambda: told.append(len(store.book.posted))) as writer:
        for key in ("key-1", "key-2"):
            event = disbursement(new_id())
            await writer.submit(request(event, key), event)
    assert told == [1, 2]
