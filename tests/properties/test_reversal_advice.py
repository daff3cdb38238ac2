"""Following the advice of a blocked reversal always ends with the reversal posted, and nothing in the advice can be left out."""

import asyncio
import re
from contextlib import AsyncExitStack
from copy import deepcopy
from datetime import date
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.ledger.events.reversal import Reversal
from app.ledger.refusals import ReversalBlocked
from app.ledger.reversal_advice import BucketLine, EntryToReverse, reversal_advice
from app.refusal import Refusal
from app.store.open import open_store
from tests.properties.histories import LOANS, TENANT, MemoryLedger, Step, steps
from tests.support.databases import Databases
from tests.support.events import Tenant, day, reversal, running_writer
from tests.support.examples import examples

POSTED: Final = ("posted", None)
BLOCKED: Final = ("refused", "reversal_blocked")
ENTRY: Final = re.compile(r"reverse \w+ ([0-9a-f-]{36}) with effective_at (\d{4}-\d\d-\d\d) first")
LATER: Final = re.compile(r"must be (\d{4}-\d\d-\d\d) or later")
LOAN = LOANS[0]
TRIES_TO_FOLLOW: Final = 20

choices = st.tuples(st.integers(0, 30), st.integers(0, 7))
"""Which of the entries is reversed, and how many days after its own date."""
FEE_PAID_AND_PAYMENT_REVERSED_LATER: Final = [
    Step("disburse", LOAN, 9, day(-6)),
    Step("fee", LOAN, 7, day(-5)),
    Step("pay", LOAN, 1, day(-4)),
    Step("reverse", LOAN, 1, day(-2), 0),
]
CONSUMED_BY_AN_ENTRY_POSTED_EARLIER: Final = [
    Step("disburse", LOAN, 1, day(-6)),
    Step("pay", LOAN, 1, day(-2)),
    Step("disburse", LOAN, 1, day(-5)),
    Step("pay", LOAN, 2, day(-1)),
]


def play(history: list[Step]) -> MemoryLedger:
    ledger = MemoryLedger()
    for step in history:
        ledger.post(ledger.event(step, ledger.posted_ids))
    return ledger


def reversible(ledger: MemoryLedger) -> list[tuple[str, date]]:
    """Every entry that is not reversed and is no reversal, with its date."""
    return [
        (entry.journal_entry_id, entry.effective_at)
        for entry in ledger.book.posted
        if entry.reverses_entry_id is None and (TENANT, entry.journal_entry_id) not in ledger.book.reversed
    ]


def chosen_reversal(ledger: MemoryLedger, choice: tuple[int, int]) -> Reversal | None:
    found = reversible(ledger)
    if not found:
        return None
    entry_id, effective_at = found[choice[0] % len(found)]
    return reversal(entry_id, min(day(1), date.fromordinal(effective_at.toordinal() + choice[1])))


def lines_of(ledger: MemoryLedger) -> list[BucketLine]:
    can_be_reversed = {entry_id for entry_id, _ in reversible(ledger)}
    return [
        BucketLine(
            line.loan_id,
            line.account_code,
            entry.journal_entry_id,
            entry.event_type,
            entry.effective_at,
            line.direction,
            line.amount_minor,
            entry.journal_entry_id in can_be_reversed,
        )
        for entry in ledger.book.posted
        for line in entry.lines
        if line.loan_id is not None
    ]


def every_payment(ledger: MemoryLedger, wanted: Reversal) -> list[EntryToReverse]:
    """All that can be reversed and may have lowered a bucket."""
    return [
        EntryToReverse(entry_id, "payment_received", on, LOAN)
        for entry_id, on in reversible(ledger)
        if entry_id != wanted.reverses_entry_id and ledger.book.entries[TENANT, entry_id].event_type == "payment_received"
    ]


def outcome(ledger: MemoryLedger, entries: list[EntryToReverse], last: Reversal) -> tuple[str, object]:
    """Of the last reversal, on a copy of the ledger on which these entries are reversed first, each on its own date."""
    tried = deepcopy(ledger)
    for entry in entries:
        assert tried.post(reversal(entry.journal_entry_id, entry.effective_at)) == POSTED
    return tried.post(last)


@given(steps, choices)
@example(FEE_PAID_AND_PAYMENT_REVERSED_LATER, (1, 1))
@example(CONSUMED_BY_AN_ENTRY_POSTED_EARLIER, (2, 0))
@settings(max_examples=examples(300))
def test_the_advice_is_enough_and_nothing_of_it_can_be_left_out(history: list[Step], choice: tuple[int, int]) -> None:
    ledger = play(history)
    wanted = chosen_reversal(ledger, choice)
    if wanted is None or outcome(ledger, [], wanted) != BLOCKED:
        return
    advice = reversal_advice(lines_of(ledger), wanted.reverses_entry_id, wanted.effective_at)
    entries = list(advice.entries)
    assert entries or advice.effective_at > wanted.effective_at
    assert outcome(ledger, entries, reversal(wanted.reverses_entry_id, advice.effective_at)) == POSTED
    for number in range(len(entries)):
        others = entries[:number] + entries[number + 1 :]
        assert outcome(ledger, others, reversal(wanted.reverses_entry_id, advice.effective_at)) == BLOCKED
    if advice.effective_at > wanted.effective_at:
        day_before = reversal(wanted.reverses_entry_id, date.fromordinal(advice.effective_at.toordinal() - 1))
        assert outcome(ledger, every_payment(ledger, wanted), day_before) == BLOCKED


async def follow(tenant: Tenant, wanted: Reversal) -> None:
    """Does what the errors of a blocked reversal say, as a client would that reads ids and dates from the messages."""
    for _ in range(TRIES_TO_FOLLOW):
        try:
            await tenant.post(wanted)
            return
        except ReversalBlocked as blocked:
            messages = [error.message for error in blocked.field_errors]
        assert messages
        for entry_id, on in [found for message in messages for found in ENTRY.findall(message)]:
            await tenant.post(reversal(entry_id, date.fromisoformat(on)))
        for later in [found for message in messages for found in LATER.findall(message)]:
            wanted = reversal(wanted.reverses_entry_id, date.fromisoformat(later))
    raise AssertionError("the advice leads nowhere")


async def play_and_follow(database_url: str, history: list[Step], choice: tuple[int, int]) -> None:
    memory, ids = MemoryLedger(), dict[str, str]()
    async with AsyncExitStack() as stack:
        store = open_store(database_url)
        stack.push_async_callback(store.close)
        tenant = Tenant(await stack.enter_async_context(running_writer(store)))
        for step in history:
            event, before = memory.event(step, memory.posted_ids), memory.posted_ids
            memory.post(event)
            if isinstance(event, Reversal) and event.reverses_entry_id in ids:
                event = reversal(ids[event.reverses_entry_id], event.effective_at)
            try:
                posted = (await tenant.post(event))["journal_entry_id"]
            except Refusal:
                continue
            ids[(set(memory.posted_ids) - set(before)).pop()] = posted
        wanted = chosen_reversal(memory, choice)
        if wanted is not None:
            await follow(tenant, reversal(ids[wanted.reverses_entry_id], wanted.effective_at))


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps, choice=choices)
@example(history=FEE_PAID_AND_PAYMENT_REVERSED_LATER, choice=(1, 1))
@example(history=CONSUMED_BY_AN_ENTRY_POSTED_EARLIER, choice=(2, 0))
def test_following_the_advice_ends_in_the_reversal(
    databases: Databases, engine_name: str, history: list[Step], choice: tuple[int, int]
) -> None:
    asyncio.run(play_and_follow(databases.shared(engine_name, "reversal advice"), history, choice))
