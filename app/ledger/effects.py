"""What an entry does: to the totals of accounts, and to the buckets of loans."""

from app.ledger.bucket import BUCKET_SIDES
from app.ledger.chart import DEBIT
from app.ledger.entry import Entry
from app.ledger.loan import Changes, no_change

AccountKey = tuple[str, str, str, str]
"""Tenant, account code, currency and layer."""


def effects(entry: Entry) -> tuple[dict[AccountKey, list[int]], dict[str, Changes]]:
    """[debits, credits] of an entry per account, and what it changes in each loan's buckets on their accounts' normal side."""
    accounts: dict[AccountKey, list[int]] = {}
    loans: dict[str, Changes] = {}
    for line in entry.lines:
        is_credit = line.direction != DEBIT
        key = (entry.tenant_id, line.account_code, line.currency, line.layer)
        sides = accounts.get(key)
        if sides is None:
            sides = accounts[key] = [0, 0]
        sides[is_credit] += line.amount_minor
        if line.loan_id is not None:
            changes = loans.get(line.loan_id)
            if changes is None:
                changes = loans[line.loan_id] = no_change()
            bucket, grows_by_credit = BUCKET_SIDES[line.account_code]
            changes[bucket] += line.amount_minor if is_credit == grows_by_credit else -line.amount_minor
    return accounts, loans


def is_balanced(accounts: dict[AccountKey, list[int]]) -> bool:
    """Whether debits equal credits in each currency and layer."""
    nets: dict[tuple[str, str], int] = {}
    for (_, _, currency, layer), (debits, credits) in accounts.items():
        nets[currency, layer] = nets.get((currency, layer), 0) + debits - credits
    return not any(nets.values())
