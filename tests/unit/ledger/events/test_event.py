"""What the events of one loan read: that loan, with what changes after the event's own date."""

from dataclasses import dataclass
from datetime import date

from app.ledger.events.event import LoanEvent, ReadSet
from tests.support.events import day
from tests.unit.ledger.support import LOAN


@dataclass(frozen=True, slots=True)
class Waiver(LoanEvent):
    """Any event of one loan."""

    loan_id: str
    effective_at: date


def test_an_event_of_one_loan_reads_it_and_the_changes_after_its_date() -> None:
    assert Waiver(LOAN, day(-3)).reads() == ReadSet(changes_from=day(-2), loan_ids=(LOAN,), entry_ids=())


def test_the_first_and_the_last_date_of_all_have_a_date_from_which_on_changes_are_read() -> None:
    assert Waiver(LOAN, date.min).reads().changes_from == date(1, 1, 2)
    assert Waiver(LOAN, date.max).reads().changes_from == date.max


def test_nothing_is_read_that_an_event_does_not_name() -> None:
    assert ReadSet(day(0)) == (day(0), (), ())
