"""Everything that is read for an answer: balances, entries, a loan's history. Balances that arrive together share a query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from app import limits
from app.ledger.balance import AccountBalance, CurrentLoan, LoanBalance
from app.ledger.book import LoanKey
from app.ledger.money import out_of_range
from app.ledger.reversal_advice import BucketLine
from app.reads.batch_loader import BatchLoader
from app.reads.page_token import PageTokens
from app.refusal import NotFound
from app.store.queries import journal
from app.store.queries.account_balances import AccountAsOf, account_balances
from app.store.queries.bucket_lines import bucket_lines
from app.store.queries.journal import HistoryFilter, JournalEntryView
from app.store.queries.journal_search import JournalFilter, search
from app.store.queries.loan_balances import LoanAsOf, loan_balances
from app.store.queries.secret_keys import PAGE_TOKEN_KEY, secret_key
from app.store.store import Store

_SEQUENCE_BYTES: Final = 2
_LOANS_PER_QUERY: Final = 100


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Newest posting first; `next_page_token` is None on the last page."""

    entries: Sequence[JournalEntryView]
    next_page_token: str | None


class Reads:
    """One per process. What another tenant has is not found, like what does not exist; every method raises StoreUnavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._current: BatchLoader[LoanKey, CurrentLoan | None] = BatchLoader(store.current_loans, at_once=1)
        self._loans: BatchLoader[LoanAsOf, LoanBalance | None] = BatchLoader(self._loan_balances)
        self._accounts: BatchLoader[AccountAsOf, AccountBalance] = BatchLoader(self._account_balances)
        self._page_tokens: PageTokens | None = None

    async def loan_balance(self, tenant_id: str, loan_id: str, as_of: date) -> LoanBalance:
        """Raises NotFound."""
        current = await self._current.load((tenant_id, loan_id))
        if current is None:
            raise NotFound(f"no loan {loan_id}")
        if as_of >= current.last_effective_on:
            return current.balance
        balance = await self._loans.load((tenant_id, loan_id, as_of))
        assert balance is not None, "a loan is never removed"
        return balance

    async def account_balance(self, tenant_id: str, account_code: str, currency: str, layer: str, as_of: date) -> AccountBalance:
        """Zeros for an account that nothing was posted on. Raises AmountOutOfRange."""
        balance = await self._accounts.load((tenant_id, account_code, currency, layer, as_of))
        for field, amount_minor in (("dr_balance_minor", balance.dr_minor), ("cr_balance_minor", balance.cr_minor)):
            if amount_minor > limits.AMOUNT_MINOR_MAX:
                raise out_of_range(field, amount_minor)
        return balance

    async def loan_entries(
        self, tenant_id: str, loan_id: str, matching: HistoryFilter, page_size: int, page_token: str | None
    ) -> HistoryPage:
        """Raises NotFound, InvalidPageToken."""
        tokens = await self._tokens()
        bound = ["loan_entries", tenant_id, loan_id, _text(matching.from_date), _text(matching.to_date), matching.event_type]
        before = None if page_token is None else str(UUID(bytes=tokens.open(page_token, bound, "page_token")))
        query = partial(
            journal.loan_entries,
            tenant_id=tenant_id,
            loan_id=loan_id,
            matching=matching,
            before=before,
            limit=page_size + 1,
        )
        found = await self._store.read([tenant_id], query)
        if found is None:
            raise NotFound(f"no loan {loan_id}")
        entries = found[:page_size]
        if len(found) == len(entries):
            return HistoryPage(entries, None)
        return HistoryPage(entries, tokens.seal(UUID(entries[-1].journal_entry_id).bytes, bound))

    async def entries(self, tenant_id: str, matching: JournalFilter, page_size: int, page_token: str | None) -> HistoryPage:
        """The tenant's entries. A page before the last one may have fewer than asked for, or none. Raises InvalidPageToken."""
        tokens = await self._tokens()
        bound = ["entries", tenant_id, *(_text(getattr(matching, field.name)) for field in fields(matching))]
        before = None if page_token is None else str(UUID(bytes=tokens.open(page_token, bound, "page_token")))
        query = partial(search, tenant_id=tenant_id, matching=matching, before=before, limit=page_size + 1)
        found, goes_on = await self._store.read([tenant_id], query)
        entries = found[:page_size]
        if len(found) > page_size:
            goes_on = entries[-1].journal_entry_id
        return HistoryPage(entries, None if goes_on is None else tokens.seal(UUID(goes_on).bytes, bound))

    async def entry(self, tenant_id: str, entry_id: str, lines_page_token: str | None) -> tuple[JournalEntryView, str | None]:
        """The entry with a page of its lines, and the token of the next page. Raises NotFound, InvalidPageToken."""
        tokens = await self._tokens()
        bound = ["entry_lines", tenant_id, entry_id]
        after_sequence = 0
        if lines_page_token is not None:
            after_sequence = int.from_bytes(tokens.open(lines_page_token, bound, "lines_page_token"))
        query = partial(
            journal.entry_with_lines,
            tenant_id=tenant_id,
            entry_id=entry_id,
            after_sequence=after_sequence,
            limit=limits.LINES_PAGE,
        )
        entry = await self._store.read([tenant_id], query)
        if entry is None:
            raise NotFound(f"no journal entry {entry_id}")
        if not entry.has_more_lines:
            return entry, None
        return entry, tokens.seal(entry.lines[-1].sequence.to_bytes(_SEQUENCE_BYTES), bound)

    async def bucket_lines(self, tenant_id: str, entry_id: str, loan_ids: Sequence[str]) -> list[BucketLine]:
        """All lines of the buckets of these loans on which the entry has lines; a statement for a part of the loans at a time."""
        lines: list[BucketLine] = []
        for start in range(0, len(loan_ids), _LOANS_PER_QUERY):
            part = loan_ids[start : start + _LOANS_PER_QUERY]
            query = partial(bucket_lines, tenant_id=tenant_id, entry_id=entry_id, loan_ids=part)
            lines += await self._store.read([tenant_id], query)
        return lines

    async def _tokens(self) -> PageTokens:
        if self._page_tokens is None:
            self._page_tokens = PageTokens(await self._store.read((), partial(secret_key, name=PAGE_TOKEN_KEY)))
        return self._page_tokens

    async def _loan_balances(self, keys: Sequence[LoanAsOf]) -> Mapping[LoanAsOf, LoanBalance | None]:
        return await self._store.read(list({key[0] for key in keys}), partial(loan_balances, keys=keys))

    async def _account_balances(self, keys: Sequence[AccountAsOf]) -> Mapping[AccountAsOf, AccountBalance]:
        return await self._store.read(list({key[0] for key in keys}), partial(account_balances, keys=keys))


def _text(value: date | str | None) -> str | None:
    """As a token is bound to it; a moment is a date too."""
    return value.isoformat() if isinstance(value, date) else value
