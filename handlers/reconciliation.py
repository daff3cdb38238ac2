"""The reconciliation status of a date."""

from app.edge.call import Answer, Call
from app.services import Services
from handlers.answers import as_of_date


async def get_reconciliation_status(call: Call, services: Services) -> Answer:
    return Answer(200, await services.reconciliation.status(call.tenant_id, as_of_date(call)))
