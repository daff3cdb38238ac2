"""Whether the books agree with themselves."""

from app.edge.call import Answer, Call
from app.services import Ledger
from handlers.answers import as_of_date


async def get_reconciliation_status(call: Call, ledger: Ledger) -> Answer:
    return Answer(200, await ledger.reconciliation.status(call.tenant_id, as_of_date(call)))
