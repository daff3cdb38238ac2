"""A day's interest on many loans at once."""

from app.edge.call import Answer, Call
from app.services import Services
from handlers.events import post_event


async def post_accrual_batch(call: Call, services: Services) -> Answer:
    return await post_event(call, services)
