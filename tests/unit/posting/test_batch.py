"""A batch says what must be read, then decides its commands in order: a refused one touches no other, a key posts once."""

from datetime import timedelta
from typing import Any, Final

import orjson
import pytest

from app.clock import microseconds
from app.ids import uuid7_at
from app.ledger.book import Book, ReversibleEntry
from app.ledger.entry import Line
from app.ledger.refusals import AlreadyReversed, DuplicateAccrual, LoanNotFound
from app.posting.batch import Batch
from app.posting.command import Command, PostingResult
from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch
from app.refusal import Refusal
from app.store.transaction import IdempotencyRecord, Snapshot, StoredAnswer, Writes
from tests.support.events import accrual, day, disbursement, fee, noon, payment, reversal
from tests.unit.ledger.support import LOAN, OTHER_LOAN, OTHER_TENANT, TENANT, TRACE
from tests.unit.posting.support import command

NOON: Final = microseconds(noon())


def named_id(microsecond: int, number: int) -> str:
    """The entry and the event posted at noon are `id-0-0` and `id-0-1`, those a microsecond later `id-1-0` and `id-1-1`."""
    return f"id-{microsecond - NOON}-{number}"


def batch_of(*commands: Command) -> Batch:
    return Batch(commands, noon, named_id)


def snapshot(
    answers: dict[tuple[str, str], StoredAnswer] | None = None,
    in_flight: frozenset[tuple[str, str]] = frozenset(),
    newest_entry_ids: dict[str, str] | None = None,
) -> Snapshot:
    return Snapshot(answers or {}, in_flight, Book({}, {}, {}), newest_entry_ids or {})


def decided(*commands: Command, read: Snapshot | None = None) -> Writes | None:
    return batch_of(*commands).decide(read or snapshot())


def posted(each: Command) -> Any:
    """The answer as a JSON object."""
    assert isinstance(each.outcome, PostingResult)
    return orjson.loads(each.outcome.body)


def code(each: Command) -> str:
    assert isinstance(each.outcome, Refusal)
    return each.outcome.code


def test_tenants_keys_and_entries_are_named_once_and_in_order() -> None:
    batch = batch_of(
        command(reversal("entry-2"), "key-2", OTHER_TENANT),
        command(reversal("entry-2"), "key-2"),
        command(reversal("entry-1"), "key-1"),
        command(reversal("entry-1"), "key-1"),
    )
    assert batch.tenant_ids == [TENANT, OTHER_TENANT]
    assert batch.keys == [(TENANT, "key-1"), (TENANT, "key-2"), (OTHER_TENANT, "key-2")]
    assert batch.entries == [(TENANT, "entry-1"), (TENANT, "entry-2"), (OTHER_TENANT, "entry-2")]


def test_each_loan_is_read_from_the_earliest_date_of_its_commands() -> None:
    batch = batch_of(
        command(payment(LOAN, 5, day(-2)), "key-1"),
        command(payment(LOAN, 5, day(-7)), "key-2"),
        command(payment(LOAN, 5, day(-1)), "key-3"),
        command(payment(OTHER_LOAN, 5, day(0)), "key-4"),
        command(payment(LOAN, 5, day(-9)), "key-5", OTHER_TENANT),
    )
    assert batch.loans({}) == {(TENANT, LOAN): day(-6), (TENANT, OTHER_LOAN): day(1), (OTHER_TENANT, LOAN): day(-8)}


def test_the_loans_on_the_lines_of_the_entries_to_reverse_are_read_too() -> None:
    lines = [Line("1050", "DR", 9, "USD"), Line("1100", "CR", 9, "USD", "SETTLED", OTHER_LOAN)]
    entries = {(TENANT, "entry-1"): ReversibleEntry("payment_received", day(-5), lines, None)}
    batch = batch_of(
        command(reversal("entry-1", day(-3)), "key-1"),
        command(reversal("unknown", day(-8)), "key-2"),
        command(reversal("entry-1", day(-8)), "key-3", OTHER_TENANT),
    )
    assert batch.loans(entries) == {(TENANT, OTHER_LOAN): day(-2)}


def test_a_posting_is_answered_and_its_key_is_to_be_written() -> None:
    each, read = command(disbursement(LOAN), "key-1"), snapshot()
    writes = decided(each, read=read)
    answer = {"disbursement_event_id": "id-0-1", "journal_entry_id": "id-0-0", "posted_at": "2026-03-31T12:00:00.000000Z"}
    assert posted(each) == answer
    assert isinstance(each.outcome, PostingResult)
    assert each.outcome.replayed is False
    record = IdempotencyRecord(TENANT, "key-1", each.request.request_hash, each.outcome.body, noon())
    assert writes == Writes(read.book, [record])


def test_an_entry_is_posted_by_who_asked_for_it() -> None:
    read = snapshot()
    decided(command(disbursement(LOAN), "key-1", OTHER_TENANT), read=read)
    (entry,) = read.book.posted
    assert (entry.tenant_id, entry.actor, entry.correlation_id, entry.posted_at) == (OTHER_TENANT, "teller", TRACE, noon())


def test_entries_are_a_microsecond_apart_and_so_are_their_keys_and_the_days_of_their_loans() -> None:
    read = snapshot()
    commands = [command(disbursement(LOAN), "key-1"), command(fee(OTHER_LOAN, 5), "key-2"), command(fee(LOAN, 5), "key-3")]
    writes = decided(*commands, read=read)
    assert [posted(commands[number])["journal_entry_id"] for number in (0, 2)] == ["id-0-0", "id-1-0"]
    next_microsecond = noon() + timedelta(microseconds=1)
    assert writes is not None
    assert [record.posted_at for record in writes.keys] == [noon(), next_microsecond]
    assert [entry.posted_at for entry in read.book.posted] == [noon(), next_microsecond]
    assert read.book.loans[TENANT, LOAN].last_posted_at == next_microsecond


def test_nothing_is_posted_before_the_tenant_s_newest_entry_though_the_clock_is_behind() -> None:
    """Today is that of the moment of posting, so that what was posted ahead of this clock can be corrected."""
    ahead = noon() + timedelta(days=3)
    each, other = command(disbursement(LOAN, on=day(4)), "key-1"), command(disbursement(LOAN, on=day(1)), "key-1", OTHER_TENANT)
    decided(each, other, read=snapshot(newest_entry_ids={TENANT: uuid7_at(microseconds(ahead) - 1)}))
    assert posted(each)["posted_at"] == "2026-04-03T12:00:00.000000Z"
    assert posted(other)["posted_at"] == "2026-03-31T12:00:00.000000Z"


def test_a_command_of_a_loan_or_tenant_that_another_transaction_holds_has_no_outcome_and_the_others_are_posted() -> None:
    lines = [Line("1050", "DR", 9, "USD"), Line("1100", "CR", 9, "USD", "SETTLED", LOAN)]
    entry = ReversibleEntry("payment_received", day(-5), lines, None)
    held = [
        command(disbursement(LOAN), "key-1"),
        command(reversal("entry-1"), "key-2"),
        command(fee(LOAN, 5), "key-3", OTHER_TENANT),
    ]
    good, known = command(disbursement(OTHER_LOAN), "key-4"), command(disbursement(LOAN), "key-5")
    answers = {known.key: StoredAnswer(known.request.request_hash, b"stored")}
    book = Book({}, {}, {(TENANT, "entry-1"): entry})
    read = Snapshot(answers, frozenset(), book, {}, frozenset({(TENANT, LOAN)}), frozenset({OTHER_TENANT}))
    writes = decided(*held, good, known, read=read)
    assert [each.outcome for each in held] == [None] * 3
    assert writes is not None
    assert [record.key for record in writes.keys] == ["key-4"]
    assert known.outcome == PostingResult(b"stored", replayed=True)


def test_a_command_sees_what_the_ones_before_it_posted() -> None:
    commands = [command(disbursement(LOAN, 100), "key-1"), *(command(payment(LOAN, 70), f"key-{number}") for number in (2, 3))]
    decided(*commands)
    assert [posted(each)["allocation"]["principal_minor"] for each in commands[1:]] == ["70", "30"]


def test_a_refused_command_touches_no_other_and_consumes_no_key() -> None:
    refused, good = command(fee(LOAN, 5), "key-1"), command(disbursement(LOAN), "key-2")
    again = command(fee(LOAN, 5), "key-1")
    writes = decided(refused, good, again)
    assert isinstance(refused.outcome, LoanNotFound)
    assert writes is not None
    assert [record.key for record in writes.keys] == ["key-2", "key-1"]
    assert posted(again)["journal_entry_id"] == "id-1-0"


def test_a_batch_of_refused_commands_writes_nothing() -> None:
    commands = [command(fee(LOAN, 5), "key-1"), command(payment(LOAN, 5), "key-2")]
    assert decided(*commands) is None
    assert [code(each) for each in commands] == ["loan_not_found"] * 2


def test_an_error_that_is_no_refusal_is_the_batchs() -> None:
    class Broken:
        def reads(self) -> Any:
            return fee(LOAN, 5).reads()

        def decide(self, _book: Book, _context: Any) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decided(command(Broken(), "key-1"))


def test_a_key_twice_in_one_batch_posts_once_and_is_answered_with_the_same_bytes() -> None:
    read = snapshot()
    first, again = command(disbursement(LOAN), "key-1"), command(disbursement(LOAN), "key-1")
    writes = decided(first, again, read=read)
    assert isinstance(first.outcome, PostingResult)
    assert again.outcome == PostingResult(first.outcome.body, replayed=True)
    assert len(read.book.posted) == 1
    assert writes is not None
    assert [record.key for record in writes.keys] == ["key-1"]


def test_a_key_twice_in_one_batch_for_different_requests_is_a_mismatch() -> None:
    read = snapshot()
    first, other = command(disbursement(LOAN), "key-1"), command(disbursement(LOAN, 7), "key-1")
    decided(first, other, read=read)
    assert isinstance(other.outcome, IdempotencyMismatch)
    assert posted(first)["journal_entry_id"] in other.outcome.detail
    assert len(read.book.posted) == 1


def test_the_same_key_of_two_tenants_is_two_keys() -> None:
    commands = [command(disbursement(LOAN), "key-1"), command(disbursement(LOAN), "key-1", OTHER_TENANT)]
    writes = decided(*commands)
    assert writes is not None
    assert [(record.tenant_id, record.key) for record in writes.keys] == [(TENANT, "key-1"), (OTHER_TENANT, "key-1")]


def test_a_key_that_is_stored_is_answered_with_the_stored_bytes_and_posts_nothing() -> None:
    each = command(disbursement(LOAN), "key-1")
    read = snapshot({each.key: StoredAnswer(each.request.request_hash, b"stored")})
    assert decided(each, read=read) is None
    assert each.outcome == PostingResult(b"stored", replayed=True)
    assert read.book.posted == []


def test_a_key_that_is_stored_for_another_request_is_a_mismatch() -> None:
    each = command(disbursement(LOAN), "key-1")
    assert decided(each, read=snapshot({each.key: StoredAnswer(b"another", b'{"journal_entry_id":"entry-1"}')})) is None
    assert isinstance(each.outcome, IdempotencyMismatch)
    assert "entry-1" in each.outcome.detail


def test_a_key_that_another_process_is_posting_is_in_progress_and_the_others_are_posted() -> None:
    busy, good = command(disbursement(LOAN), "key-1"), command(disbursement(OTHER_LOAN), "key-2")
    writes = decided(busy, good, read=snapshot(in_flight=frozenset({busy.key})))
    assert isinstance(busy.outcome, IdempotencyInProgress)
    assert writes is not None
    assert [record.key for record in writes.keys] == ["key-2"]


def test_an_entry_may_be_reversed_once_in_one_batch_and_its_date_accrued_again() -> None:
    read = snapshot()
    opened, accrued = command(disbursement(LOAN, 100), "key-1"), command(accrual(LOAN, 100, 5), "key-2")
    decided(opened, accrued, read=read)
    entry = read.book.posted[1]
    read.book.entries[TENANT, entry.journal_entry_id] = ReversibleEntry("accrual", entry.effective_at, list(entry.lines), None)
    commands = [
        command(accrual(LOAN, 100, 6), "key-3"),
        command(reversal(entry.journal_entry_id), "key-4"),
        command(reversal(entry.journal_entry_id), "key-5"),
        command(accrual(LOAN, 100, 6), "key-3"),
    ]
    decided(*commands, read=read)
    assert isinstance(commands[0].outcome, DuplicateAccrual)
    assert posted(commands[1])["reverses_entry_id"] == entry.journal_entry_id
    assert isinstance(commands[2].outcome, AlreadyReversed)
    assert posted(commands[3])["total_accrued_minor"] == "6"
