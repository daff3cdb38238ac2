"""Payments on loans."""

from app.edge.call import Answer, Call
from app.services import Services
from handlers.events import post_event


async def post_payment(call: Call, services: Services) -> Answer:
    return await post_event(call, services)
