"""What to do first where a reversal would leave a balance below zero: reverse these entries, or reverse from a later date on.

Decided from all lines of the buckets that the entry made grow, bucket by bucket. Reversing an entry that lowered a bucket, on its
own date, gives its amount back from that date on. Where that is not enough, because what lowered the bucket was itself reversed
later, a later date of the reversal is the only remedy. The last date always is one: there, reversed entries have cancelled out.

An entry that lowers a bucket can itself be reversed on its own date: only payments do, and nothing consumes what they add to
suspense.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush
from itertools import accumulate
from typing import NamedTuple

from app.ledger.bucket import BUCKET_SIDES
from app.ledger.chart import CREDIT


class BucketLine(NamedTuple):
    """A line of a loan's bucket; `can_be_reversed` unless its entry is a reversal or reversed."""

    loan_id: str
    account_code: str
    journal_entry_id: str
    event_type: str
    effective_at: date
    direction: str
    amount_minor: int
    can_be_reversed: bool


class EntryToReverse(NamedTuple):
    """`effective_at` is the entry's own date, on which it is to be reversed."""

    journal_entry_id: str
    event_type: str
    effective_at: date
    loan_id: str


class ReversalAdvice(NamedTuple):
    """Reverse `entries`, newest first, then the entry itself on `effective_at`; nothing in it can be left out.

    `settled_loan_ids` are loans that nothing stands in the way of any more.
    """

    effective_at: date
    entries: Sequence[EntryToReverse]
    settled_loan_ids: frozenset[str]


@dataclass(slots=True)
class _Bucket:
    """`raised_minor` is what the entry to be reversed added, `changes` what each date did, `lowering` what can give back."""

    loan_id: str
    raised_minor: int = 0
    changes: dict[date, int] = field(default_factory=dict)
    lowering: dict[str, tuple[EntryToReverse, int]] = field(default_factory=dict)

    def add(self, line: BucketLine, entry_id: str) -> None:
        grows = (line.direction == CREDIT) == BUCKET_SIDES[line.account_code][1]
        change = line.amount_minor if grows else -line.amount_minor
        self.changes[line.effective_at] = self.changes.get(line.effective_at, 0) + change
        if line.journal_entry_id == entry_id:
            self.raised_minor += change
        elif line.can_be_reversed:
            entry = EntryToReverse(line.journal_entry_id, line.event_type, line.effective_at, line.loan_id)
            _, lowered = self.lowering.get(line.journal_entry_id, (entry, 0))
            self.lowering[line.journal_entry_id] = entry, lowered - change

    def shortages(self, on: date) -> list[tuple[date, int]]:
        """How far below zero the balance would be, on the date and after each later one, in their order."""
        days = sorted(self.changes)
        balances = dict(zip(days, accumulate(self.changes[day] for day in days), strict=True))
        before = max((day for day in days if day <= on), default=None)
        checked = [(on, balances[before] if before else 0), *((day, balances[day]) for day in days if day > on)]
        return [(day, self.raised_minor - balance) for day, balance in checked]

    def is_short(self, on: date) -> bool:
        return self.raised_minor > 0 and any(shortage > 0 for _, shortage in self.shortages(on))

    def entries_that_lowered(self) -> list[tuple[EntryToReverse, int]]:
        """By their effective date, with how much."""
        found = [each for each in self.lowering.values() if each[1] > 0]
        return sorted(found, key=lambda each: each[0].effective_at)

    def earliest_date(self, on: date) -> date:
        """The first date, not before `on`, from which on reversals can give back all that is short."""
        shortages, lowered, restorable, position = self.shortages(on), self.entries_that_lowered(), 0, 0
        earliest = on
        for number, (day, shortage) in enumerate(shortages):
            while position < len(lowered) and lowered[position][0].effective_at <= day:
                restorable += lowered[position][1]
                position += 1
            if restorable < shortage and number + 1 < len(shortages):
                earliest = shortages[number + 1][0]
        return earliest

    def entries_to_reverse(self, on: date) -> list[EntryToReverse]:
        """The largest first wherever a date is short, so that none of those chosen can be left out; of equals the newest."""
        lowered, position, restored = self.entries_that_lowered(), 0, 0
        newest_first = {entry_id: rank for rank, entry_id in enumerate(sorted(self.lowering, reverse=True))}
        available: list[tuple[int, int, EntryToReverse]] = []
        chosen = []
        for day, shortage in self.shortages(on):
            while position < len(lowered) and lowered[position][0].effective_at <= day:
                entry, amount_minor = lowered[position]
                heappush(available, (-amount_minor, newest_first[entry.journal_entry_id], entry))
                position += 1
            while restored < shortage and available:
                negative_minor, _, entry = heappop(available)
                restored -= negative_minor
                chosen.append(entry)
        return chosen


def reversal_advice(lines: Iterable[BucketLine], entry_id: str, on: date) -> ReversalAdvice:
    """What makes the reversal of the entry possible on the date, or else on the first date on which it can be made possible."""
    buckets: dict[tuple[str, str], _Bucket] = {}
    for line in lines:
        buckets.setdefault((line.loan_id, line.account_code), _Bucket(line.loan_id)).add(line, entry_id)
    short = [bucket for bucket in buckets.values() if bucket.is_short(on)]
    earliest = max((bucket.earliest_date(on) for bucket in short), default=on)
    entries = {entry for bucket in short for entry in bucket.entries_to_reverse(earliest)}
    settled = {bucket.loan_id for bucket in buckets.values()} - {bucket.loan_id for bucket in short}
    return ReversalAdvice(earliest, sorted(entries, reverse=True), frozenset(settled))
