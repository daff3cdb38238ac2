"""Moments of posting are the clock's, and never before those that the tenant has already."""

from datetime import timedelta

from app.clock import microseconds
from app.ids import uuid7_at
from app.posting.posting_order import PostingOrder
from tests.support.events import noon
from tests.unit.ledger.support import OTHER_TENANT, TENANT

NOON = microseconds(noon())


def test_an_entry_is_posted_at_the_time_of_the_clock_if_the_tenant_has_none_or_older_ones() -> None:
    order = PostingOrder(noon(), {OTHER_TENANT: uuid7_at(microseconds(noon() - timedelta(seconds=1)))})
    assert [order.next_microsecond(tenant_id) for tenant_id in (TENANT, OTHER_TENANT)] == [NOON, NOON]


def test_a_clock_that_is_behind_the_newest_entry_counts_on_from_it_for_that_tenant_only() -> None:
    order = PostingOrder(noon(), {TENANT: uuid7_at(NOON + 3_600_000_000)})
    assert order.next_microsecond(TENANT) == NOON + 3_600_000_001
    assert order.next_microsecond(OTHER_TENANT) == NOON


def test_each_entry_of_a_batch_is_later_than_the_one_before_and_a_refused_command_takes_no_moment() -> None:
    order = PostingOrder(noon(), {})
    assert [order.next_microsecond(TENANT), order.next_microsecond(TENANT)] == [NOON, NOON]
    order.advance(TENANT, NOON)
    assert order.next_microsecond(TENANT) == NOON + 1
    assert order.next_microsecond(OTHER_TENANT) == NOON
