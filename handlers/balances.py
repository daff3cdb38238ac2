"""Balances of loans and accounts, as of a date."""

from typing import Any

from app import clock
from app.edge.call import Answer, Call
from app.ledger.balance import AccountBalance, LoanBalance
from app.ledger.chart import DEBIT, Account
from app.services import Services
from handlers.answers import as_of_date


async def get_loan_balance(call: Call, services: Services) -> Answer:
    loan_id, as_of = call.parameters["loan_id"], as_of_date(call)
    balance = await services.reads.loan_balance(call.tenant_id, loan_id, as_of)
    return Answer(200, {"loan_id": loan_id, "as_of_date": as_of.isoformat(), **_loan_members(balance)})


async def get_account_balance(call: Call, services: Services) -> Answer:
    code, currency, layer = (call.parameters[name] for name in ("account_code", "currency", "layer"))
    as_of = as_of_date(call)
    account = services.chart.account(code)
    balance = await services.reads.account_balance(call.tenant_id, code, currency, layer, as_of)
    asked = {"account_code": code, "currency": currency, "layer": layer, "as_of_date": as_of.isoformat()}
    return Answer(200, {**asked, **_account_members(account, balance), "account_name": account.name})


def _loan_members(balance: LoanBalance) -> dict[str, Any]:
    members = {
        "currency": balance.currency,
        "principal_outstanding_minor": str(balance.principal_minor),
        "interest_receivable_minor": str(balance.interest_minor),
        "fees_receivable_minor": str(balance.fees_minor),
        "total_exposure_minor": str(balance.total_exposure_minor),
    }
    if balance.last_activity_at is not None:
        members["last_activity_at"] = clock.timestamp(balance.last_activity_at)
    return members


def _account_members(account: Account, balance: AccountBalance) -> dict[str, str]:
    """The normal balance is signed: above zero on the account's normal side."""
    net_minor = balance.dr_minor - balance.cr_minor
    return {
        "dr_balance_minor": str(balance.dr_minor),
        "cr_balance_minor": str(balance.cr_minor),
        "normal_balance_minor": str(net_minor if account.normal_side == DEBIT else -net_minor),
    }
