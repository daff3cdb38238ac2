"""A command is an event with its request, and with what must be read for it."""

from app.ledger.events.event import ReadSet
from app.posting.command import Command
from tests.support.events import day, payment, reversal
from tests.unit.ledger.support import LOAN, OTHER_TENANT
from tests.unit.posting.support import command, request


def test_what_an_event_reads_is_known_from_the_start() -> None:
    assert command(payment(LOAN, 5, day(-2)), "key-1").reads == ReadSet(day(-1), (LOAN,))
    assert command(reversal("entry-1", day(-1)), "key-1").reads == ReadSet(day(0), (), ("entry-1",))


def test_a_key_is_the_tenants_own() -> None:
    event = payment(LOAN, 5)
    assert Command(request(event, "key-1", OTHER_TENANT), event).key == (OTHER_TENANT, "key-1")


def test_a_command_has_no_outcome_before_its_batch_is_decided() -> None:
    assert command(payment(LOAN, 5), "key-1").outcome is None
