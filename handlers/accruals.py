"""A day's interest on many loans at once."""

from datetime import date
from typing import Any

from app.edge.call import Answer, Call
from app.ledger.accrual import Accrual, AccruedLoan
from app.ledger.money import parse_amount
from app.services import Ledger
from handlers.answers import origin, posted


async def post_accrual_batch(call: Call, ledger: Ledger) -> Answer:
    body = call.body
    accrual = Accrual(
        program_id=body["program_id"].lower(),
        accrual_date=date.fromisoformat(body["accrual_date"]),
        day_count_convention=body["day_count_convention"],
        loans=tuple(_accrued(number, loan) for number, loan in enumerate(body["loans"])),
    )
    return posted(await ledger.posting.submit(origin(call), accrual))


def _accrued(number: int, loan: dict[str, Any]) -> AccruedLoan:
    """Both amounts may be zero."""
    principal_minor, interest_minor = (
        parse_amount(loan[name], f"/loans/{number}/{name}") for name in ("outstanding_principal_minor", "interest_minor")
    )
    return AccruedLoan(loan["loan_id"].lower(), principal_minor, interest_minor)
